import { blocking, pretty } from '@cellway/core/pipeline';
import { readArguments } from './arguments';
import { diagnosticLine } from './diagnostic-line';
import { EXIT } from './exit';
import { openNotebook } from './open';
import { settingsOf } from './settings';
import { style, width } from './terminal';
import { tree } from './tree';

/** `cellway graph`: the pipeline, for people or as JSON. */
export async function graph(args: readonly string[]): Promise<number> {
  const given = readArguments('graph', args, ['json', 'each-cell'], 'notebook');
  const { notebook, flags } = given;
  const { data } = await settingsOf(given);
  const { pipeline } = openNotebook(notebook, flags.has('each-cell'), data).derivation;
  if (flags.has('json')) {
    process.stdout.write(`${pretty(pipeline)}\n`);
  } else {
    process.stdout.write(`${tree(pipeline, style(process.stdout), width(process.stdout)).join('\n')}\n`);
  }
  const wrong = blocking(pipeline.diagnostics);
  for (const diagnostic of wrong) {
    process.stderr.write(`${diagnosticLine(notebook, diagnostic)}\n`);
  }
  return wrong.length > 0 ? EXIT.badInput : EXIT.ok;
}
