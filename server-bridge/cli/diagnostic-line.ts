import type { Diagnostic } from '@cellway/core/api';

/** `file:cell:line:column severity code message (fix)`; what is about the notebook as a whole has no place. */
export function diagnosticLine(file: string, { range, severity, code, message, fix }: Diagnostic): string {
  const place = range === undefined ? file : `${file}:${range.cell}:${range.line}:${range.column}`;
  const line = `${place} ${severity} ${code} ${message}${fix === undefined ? '' : ` (${fix.title})`}`;
  return line.replace(/\p{Cc}+/gu, ' ');
}
