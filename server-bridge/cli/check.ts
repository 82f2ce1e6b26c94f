import { pretty } from '@cellway/core/pipeline';
import { readArguments } from './arguments';
import { diagnosticLine } from './diagnostic-line';
import { EXIT } from './exit';
import { openNotebook } from './open';
import { settingsOf } from './settings';
import { tally } from './tally';

/** `cellway check`: diagnostics by place, then how many; with `--json` as they are in the Pipeline value. */
export async function check(args: readonly string[]): Promise<number> {
  const given = readArguments('check', args, ['each-cell', 'json'], 'notebook');
  const { notebook, flags } = given;
  const { data } = await settingsOf(given);
  const { diagnostics } = openNotebook(notebook, flags.has('each-cell'), data).derivation.pipeline;
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
