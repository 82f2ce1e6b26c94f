import type { Run, RunEvent } from '../runs';
import { exitOf } from './exit';
import { killAttempts } from './kill';
import type { Shown } from './open';
import { Screen } from './screen';
import { keptMetrics, type Metric, summary } from './summary';
import { style } from './terminal';

/** A run under way, however it is followed and stopped. */
export interface Watched {
  readonly run: Run;
  /** All of its events, until the final one. */
  readonly events: AsyncIterable<RunEvent>;
  /** Asks it to stop; its final event says when it has. */
  readonly cancel: () => void;
}

/** The first Ctrl-C cancels, the second kills what still runs; the run's own end then ends the command. */
function cancelOnInterrupt({ run, cancel }: Watched, screen: Screen | null): () => void {
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
    cancel();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return () => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  };
}

/** Shows the run until it has ended; its exit code. Ctrl-C cancels it. */
export async function watchRun(watched: Watched, opened: Shown, json: boolean): Promise<number> {
  const { run, events } = watched;
  const { pipeline } = opened.derivation;
  const order = (step: { readonly cells: readonly { readonly index: number }[] }): number => step.cells[0]?.index ?? 0;
  const nodes = [...pipeline.setup, ...pipeline.steps].sort((a, b) => order(a) - order(b));
  const marks = style(process.stdout);
  const screen = json ? null : new Screen(run, nodes, process.stdout, marks, () => Date.now() / 1000);
  const metrics: Metric[] = [];
  const written = new Set<string>();
  let final: (RunEvent & { type: 'run' }) | null = null;
  const failures: (RunEvent & { type: 'step' })[] = [];
  const stopListening = cancelOnInterrupt(watched, screen);
  for await (const event of events) {
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
  return exitOf(final.state);
}
