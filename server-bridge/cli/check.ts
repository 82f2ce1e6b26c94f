import type { Diagnostic, Severity } from '@cellway/core/api';
import { readArguments } from './arguments';
import { EXIT } from './exit';
import { openNotebook } from './open';

/** `cellway check`: diagnostics by place, then how many. */
export async function check(args: readonly string[]): Promise<number> {
  const { notebook, flags } = readArguments('check', args, ['each-cell'], 'notebook');
  const { diagnostics } = openNotebook(notebook, flags.has('each-cell')).derivation.pipeline;
  for (const diagnostic of diagnostics) {
    process.stdout.write(`${diagnosticLine(notebook, diagnostic)}\n`);
  }
  process.stdout.write(`${summary(diagnostics)}\n`);
  return diagnostics.some(diagnostic => diagnostic.severity === 'error') ? EXIT.failed : EXIT.ok;
}

/** `file:cell:line:column severity code message (fix)`; what is about the notebook as a whole has no place. */
export function diagnosticLine(file: string, { range, severity, code, message, fix }: Diagnostic): string {
  const place = range === undefined ? file : `${file}:${range.cell}:${range.line}:${range.column}`;
  const line = `${place} ${severity} ${code} ${message}${fix === undefined ? '' : ` (${fix.title})`}`;
  return line.replace(/\p{Cc}+/gu, ' ');
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity, one: string, many: string): string[] => {
    const n = diagnostics.filter(diagnostic => diagnostic.severity === severity).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  };
  const parts = [
    ...count('error', 'error', 'errors'),
    ...count('warning', 'warning', 'warnings'),
    ...count('info', 'remark', 'remarks')
  ];
  return parts.length === 0 ? 'Nothing to remark.' : parts.join(', ');
}

/** Errors of the notebook itself. A cell that does not parse is not among them: its kernel says so when it runs. */
export function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(
    ({ severity, code }) => severity === 'error' && code !== 'syntax' && code !== 'undefined-name'
  );
}
