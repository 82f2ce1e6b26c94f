import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json } from '@cellway/core/api';
import { readJson } from '@cellway/core/notebook';
import { givenValues } from '@cellway/core/pipeline';
import { findInterpreter } from '../engines/local/interpreter';
import {
  cancelRun,
  createRun,
  dataFolder,
  followEvents,
  type Refusal,
  type Run,
  type RunEvent,
  type RunOptions,
  startSupervisor
} from '../runs';
import { type Arguments, readArguments } from './arguments';
import { blocking, diagnosticLine } from './check';
import { EXIT, Stop } from './exit';
import { killAttempts } from './kill';
import { type Opened, openNotebook } from './open';
import { ownPrefix } from './python-version';
import { Screen } from './screen';
import { keptMetrics, type Metric, summary } from './summary';
import { style } from './terminal';

const OPTIONS = ['parameter', 'only', 'from', 'no-cache', 'json', 'each-cell', 'data'];

/** `cellway run`: starts a run, shows it until it ends. */
export async function run(args: readonly string[]): Promise<number> {
  const given = readArguments('run', args, OPTIONS, 'notebook');
  const opened = openNotebook(given.notebook, given.flags.has('each-cell'), dataOf(given));
  refuseErrors(opened);
  const parameters = parameterValues(given, opened);
  const made = await makeRun(given, opened, parameters);
  if (made.kind === 'refused') {
    throw notMade(made);
  }
  startSupervisor(made);
  return show(made, opened, given.flags.has('json'));
}

/** Of refused runs, those that other arguments would have avoided: bad input. */
const BAD_INPUT: ReadonlySet<string> = new Set(['step-unknown', 'upstream-missing', 'data-folder']);

export function notMade({ reason }: Refusal): Stop {
  return new Stop(BAD_INPUT.has(reason.code) ? EXIT.badInput : EXIT.refused, reason.message, reason.fix);
}

const REFUSED: ReadonlySet<string> = new Set([
  'module-state',
  'output-history',
  'cached-function',
  'setup-reads-step',
  'cannot-travel'
]);

/** Errors of the notebook itself end the command before anything is written. */
export function refuseErrors(opened: Opened): void {
  const wrong = blocking(opened.derivation.pipeline.diagnostics);
  if (wrong.length > 0) {
    // What is well said but cannot be the same in processes of their own is refused; the rest is wrong in itself.
    const code = wrong.every(diagnostic => REFUSED.has(diagnostic.code)) ? EXIT.refused : EXIT.badInput;
    throw new Stop(code, wrong.map(diagnostic => diagnosticLine(opened.path, diagnostic)).join('\n'));
  }
}

/** The data folder that the command works with. */
export function dataOf(given: Arguments): string {
  const data = given.value('data');
  return data === undefined ? dataFolder() : resolve(data);
}

export function parameterValues(given: Arguments, opened: Opened): Readonly<Record<string, Json>> {
  const { values, problems } = givenValues(given.pairs, opened.derivation.pipeline.parameters);
  if (problems.length > 0) {
    throw new Stop(
      EXIT.badInput,
      problems.map(({ message, fix }) => `${message}${fix === undefined ? '' : ` ${fix}`}`).join('\n')
    );
  }
  return values;
}

export async function makeRun(
  given: Arguments,
  opened: Opened,
  parameters: Readonly<Record<string, Json>>,
  options: Partial<RunOptions> = {}
): Promise<Run | Refusal> {
  const interpreter = findInterpreter(opened.notebook.kernel, ownPrefix());
  if ('kind' in interpreter) {
    return interpreter;
  }
  const { pipeline, cells, definitions } = opened.derivation;
  const [only, from] = [given.value('only'), given.value('from')];
  if (only !== undefined && from !== undefined) {
    throw new Stop(EXIT.badInput, '--only and --from exclude each other.', 'Give one of them.');
  }
  return createRun({
    pipeline,
    notebook: { path: resolve(opened.path), text: jsonText(opened.path) },
    cells,
    definitions,
    parameters,
    interpreter,
    data: dataOf(given),
    options: {
      cache: !given.flags.has('no-cache'),
      ...(only === undefined ? {} : { only }),
      ...(from === undefined ? {} : { from }),
      ...options
    }
  });
}

/** The notebook's text as strict JSON: what Jupyter tolerates (`NaN`, a byte order mark) is put right. */
function jsonText(path: string): string {
  const json = readJson(readFileSync(path, 'utf8'));
  if (!json.ok) {
    throw new Stop(EXIT.badInput, `${path} changed while it was read: ${json.problem.message}`);
  }
  return json.text;
}

/** The first Ctrl-C cancels, the second kills what still runs; the run's own end then ends the command. */
function cancelOnInterrupt(run: Run, screen: Screen | null): () => void {
  let asked = false;
  const interrupt = (): void => {
    if (asked) {
      killAttempts(run);
      return;
    }
    asked = true;
    const text = 'Cancelling; Ctrl-C again to kill.';
    if (screen?.say(text) !== true) {
      process.stderr.write(`\n${text}\n`);
    }
    cancelRun(run);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}

/** Shows the run until it has ended; its exit code. Ctrl-C cancels it. */
export async function show(run: Run, opened: Opened, json: boolean): Promise<number> {
  const { pipeline } = opened.derivation;
  const order = (step: { readonly cells: readonly { readonly index: number }[] }): number => step.cells[0]?.index ?? 0;
  const nodes = [...pipeline.setup, ...pipeline.steps].sort((a, b) => order(a) - order(b));
  const marks = style(process.stdout);
  const screen = json ? null : new Screen(run, nodes, process.stdout, marks, () => Date.now() / 1000);
  const metrics: Metric[] = [];
  const written = new Set<string>();
  let final: (RunEvent & { type: 'run' }) | null = null;
  const failures: (RunEvent & { type: 'step' })[] = [];
  const stopListening = cancelOnInterrupt(run, screen);
  for await (const event of followEvents(run)) {
    if (json) {
      process.stdout.write(`${JSON.stringify(event)}\n`);
    }
    screen?.take(event);
    if (event.type === 'runtime' && event.event.type === 'metric') {
      metrics.push({ step: event.step, name: String(event.event.name), value: event.event.value });
    } else if (event.type === 'step' && event.state === 'succeeded') {
      for (const { kind, names } of event.outputs) if (kind === 'file') for (const name of names) written.add(name);
      if (event.from !== 'run') metrics.push(...keptMetrics(event.step, event.folder));
    } else if (event.type === 'step' && (event.state === 'failed' || event.state === 'refused')) {
      failures.push(event);
    } else if (event.type === 'run') {
      final = event;
    }
  }
  stopListening();
  screen?.end();
  if (final === null) {
    throw new Error('the run ended without a final event');
  }
  if (!json) {
    process.stdout.write(summary(run, opened, final, failures, metrics, [...written].sort(), marks));
  }
  const codes: Readonly<Record<string, number>> = {
    succeeded: EXIT.ok,
    failed: EXIT.failed,
    refused: EXIT.refused,
    cancelled: EXIT.cancelled
  };
  return codes[final.state] ?? EXIT.failed;
}
