import type { Diagnostic } from '@cellway/core/api';
import { pretty } from '@cellway/core/pipeline';
import type { KernelPython } from '../engines/local/interpreter';
import { readArguments } from './arguments';
import { diagnosticLine } from './diagnostic-line';
import { EXIT } from './exit';
import { openNotebook } from './open';
import { settingsOf } from './settings';
import { tally } from './tally';

/**
 * `cellway check`: diagnostics by place, and why the notebook's kernel would not run it here, then how many; with `--json`
 * as they are in the Pipeline value.
 */
export async function check(args: readonly string[]): Promise<number> {
  const given = readArguments('check', args, ['each-cell', 'json'], 'notebook');
  const { notebook, flags } = given;
  const { data } = await settingsOf(given);
  const { interpreter, derivation } = openNotebook(notebook, flags.has('each-cell'), data);
  const diagnostics = [...derivation.pipeline.diagnostics, ...ofKernel(interpreter)];
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

/** The notebook may well be right, and another machine have its kernel: no error. */
function ofKernel(interpreter: KernelPython['interpreter']): readonly Diagnostic[] {
  if (!('kind' in interpreter)) return [];
  const { code, message, fix } = interpreter.reason;
  return [{ code, severity: 'warning', message, ...(fix === undefined ? {} : { fix: { title: fix } }) }];
}
