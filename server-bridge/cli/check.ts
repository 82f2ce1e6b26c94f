import type { Diagnostic } from '@cellway/core/api';
import { pretty } from '@cellway/core/pipeline';
import { readArguments } from './arguments';
import { EXIT } from './exit';
import { openNotebook } from './open';
import { tally } from './tally';

/** `cellway check`: diagnostics by place, then how many; with `--json` as they are in the Pipeline value. */
export async function check(args: readonly string[]): Promise<number> {
  const { notebook, flags } = readArguments('check', args, ['each-cell', 'json'], 'notebook');
  const { diagnostics } = openNotebook(notebook, flags.has('each-cell')).derivation.pipeline;
  if (flags.has('json')) {
    process.stdout.write(`${pretty(diagnostics)}\n`);
  } else {
    for (const diagnostic of diagnostics) {
      process.stdout.write(`${diagnosticLine(notebook, diagnostic)}\n`);
    }
    process.stdout.write(`${tally(diagnostics) ?? 'Nothing to remark.'}\n`);
  }
  return diagnostics.some(diagnostic => diagnostic.severity === 'error') ? EXIT.failed : EXIT.ok;
}

/** `file:cell:line:column severity code message (fix)`; what is about the notebook as a whole has no place. */
export function diagnosticLine(file: string, { range, severity, code, message, fix }: Diagnostic): string {
  const place = range === undefined ? file : `${file}:${range.cell}:${range.line}:${range.column}`;
  const line = `${place} ${severity} ${code} ${message}${fix === undefined ? '' : ` (${fix.title})`}`;
  return line.replace(/\p{Cc}+/gu, ' ');
}

/** What only its kernel can say of a cell, when it runs: it may never come to the name, or be meant to fail. */
const KERNEL_SAYS: readonly string[] = ['syntax', 'undefined-name', 'used-before-definition'];

/** Errors of the notebook itself, which keep it from running. */
export function blocking(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity, code }) => severity === 'error' && !KERNEL_SAYS.includes(code));
}
