/**
 * The system's code of a failed call (`ENOENT`, …), null for any other error. By shape, not by class: errors of Node's
 * own modules come from another realm when code runs in a `vm` context, where `instanceof Error` says no.
 */
export function errno(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
