import type { Diagnostic, Severity } from '@cellway/core/api';

/** How many diagnostics of each severity, the worst first: `1 error, 2 remarks`; null when there are none. */
export function tally(diagnostics: readonly Diagnostic[]): string | null {
  const count = (severity: Severity, one: string, many: string): string[] => {
    const n = diagnostics.filter(diagnostic => diagnostic.severity === severity).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  };
  const parts = [
    ...count('error', 'error', 'errors'),
    ...count('warning', 'warning', 'warnings'),
    ...count('info', 'remark', 'remarks')
  ];
  return parts.length === 0 ? null : parts.join(', ');
}
