/**
 * Random lives of runs, with kills of their writer in the middle of a write, readers that come and go, and a store that
 * is told things twice, against a model that knows only what may follow what.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { passingStore, type Store } from '../store';
import type { RunEvent, RunEventBody } from './event';
import { EventLog, eventsOf, readEvents } from './log';
import { applyEvent, emptyView, IllegalTransition, type RunView } from './state';
import { LineReader } from './tail';

const STEPS = ['a', 'b', 'c'] as const;
type StepName = (typeof STEPS)[number];
/** Of the model: `idle` may run, `done` may become stale. */
type Life = 'idle' | 'running' | 'done' | 'over';

interface Model {
  run: 'created' | 'started' | 'over';
  readonly steps: Map<StepName, Life>;
  readonly attempts: Map<StepName, number>;
  events: number;
}

interface Real {
  readonly folder: string;
  log: EventLog;
  readonly store: Store;
  readonly path: string;
  id: string;
  reader: LineReader;
  seen: RunEvent[];
  runs: number;
}

const took = 1;
const error = { code: 'died' as const, ename: 'ProcessDied', evalue: '', traceback: [] };

/** What each event needs in the model, and makes of it. Steps' states of the model by what the log says next. */
const STEP_RULES: Record<string, { readonly from: readonly Life[]; readonly to: Life }> = {
  waiting: { from: ['idle'], to: 'idle' },
  queued: { from: ['idle', 'running'], to: 'idle' },
  running: { from: ['idle', 'running'], to: 'running' },
  succeeded: { from: ['idle', 'running'], to: 'done' },
  failed: { from: ['running'], to: 'over' },
  stale: { from: ['done'], to: 'idle' },
  cancelled: { from: ['idle', 'running'], to: 'over' },
  skipped: { from: ['idle'], to: 'over' }
};

function body(step: StepName, state: string, attempt: number): RunEventBody {
  const base = { type: 'step' as const, step };
  switch (state) {
    case 'waiting':
      return { ...base, state, for: [] };
    case 'queued':
      return { ...base, state, reason: '' };
    case 'running':
      return { ...base, state, attempt, how: 'fork' };
    case 'succeeded':
      return { ...base, state, attempt, took, outputs: [], from: 'run', folder: `/${step}/${attempt}` };
    case 'failed':
      return { ...base, state, attempt, took, error, folder: '' };
    case 'stale':
      return { ...base, state, because: { from: 'a', names: ['x'] } };
    case 'cancelled':
      return { ...base, state };
    default:
      return { ...base, state: 'skipped', because: 'a' };
  }
}

function append(real: Real, model: Model, bodies: readonly RunEventBody[], allowed: boolean): void {
  if (!allowed) {
    const before = readFileSync(real.path, 'utf8');
    expect(() => real.log.appendAll(bodies)).toThrow(IllegalTransition);
    expect(readFileSync(real.path, 'utf8')).toBe(before);
    return;
  }
  real.log.appendAll(bodies);
  model.events += bodies.length;
}

type Command = fc.Command<Model, Real>;
const command = (name: string, check: (model: Model) => boolean, run: (model: Model, real: Real) => void): Command => ({
  check,
  run,
  toString: () => name
});
const always = () => true;

/** A supervisor starts the run, or adopts it. */
const start = () =>
  command('start', always, (model, real) => {
    append(real, model, [{ type: 'run', state: 'started', pid: 1 }], model.run !== 'over');
    if (model.run !== 'over') model.run = 'started';
  });

const step = (name: StepName, state: string) =>
  command(`${name} ${state}`, always, (model, real) => {
    const { from, to } = STEP_RULES[state]!;
    const attempt = (model.attempts.get(name) ?? 0) + (state === 'running' ? 1 : 0);
    const allowed = model.run !== 'over' && from.includes(model.steps.get(name) ?? 'idle');
    // A step that never began is neither stale nor failed; the log says so by the same rule.
    append(real, model, [body(name, state, attempt)], allowed);
    if (!allowed) return;
    model.steps.set(name, to);
    model.attempts.set(name, attempt);
  });

const end = (state: 'succeeded' | 'failed' | 'cancelled') =>
  command(`end ${state}`, always, (model, real) => {
    const allowed = model.run === 'started' || (model.run === 'created' && state !== 'succeeded');
    append(
      real,
      model,
      [state === 'failed' ? { type: 'run', state, took, steps: [] } : { type: 'run', state, took }],
      allowed
    );
    if (allowed) model.run = 'over';
  });

/** The writer is killed within a write: some bytes of a line are there. The next writer goes on. */
const crash = (cut: number) =>
  command(`crash ${cut}`, always, (_, real) => {
    real.log.close();
    const line = JSON.stringify({ n: 9999, t: 1, type: 'note', message: 'x'.repeat(50) });
    appendFileSync(real.path, line.slice(0, 1 + (cut % (line.length - 1))));
    real.log = new EventLog(real.path);
  });

/** The writer is killed after the last byte of a line, before the newline. */
const unended = () =>
  command('unended', always, (_, real) => {
    real.log.close();
    const text = readFileSync(real.path);
    // Nobody has read a line that has no end.
    if (real.seen.length < eventsOf(text.toString().split('\n').filter(Boolean)).length)
      truncateSync(real.path, text.length - 1);
    real.log = new EventLog(real.path);
  });

/** The bridge reads on, and tells the store. */
const read = () =>
  command('read', always, (_, real) => {
    real.seen.push(...eventsOf(real.reader.read()));
    real.store.ingest(real.id, real.seen.slice(-3));
    real.store.ingest(real.id, real.seen);
  });

/** The bridge is killed: it starts from the first event again. */
const restart = () =>
  command('restart', always, (_, real) => {
    real.reader.close();
    real.reader = new LineReader(real.path);
    real.seen = [];
  });

const commands: readonly fc.Arbitrary<Command>[] = [
  fc.constant(start()),
  fc
    .tuple(fc.constantFrom(...STEPS), fc.constantFrom(...Object.keys(STEP_RULES)))
    .map(([name, state]) => step(name, state)),
  fc
    .tuple(fc.constantFrom(...STEPS), fc.constantFrom('running', 'succeeded'))
    .map(([name, state]) => step(name, state)),
  fc.integer({ min: 0, max: 200 }).map(crash),
  fc.constant(unended()),
  fc.constant(read()),
  fc.constant(restart()),
  fc.constantFrom('succeeded' as const, 'failed' as const, 'cancelled' as const).map(end)
];

const row = (id: string) => ({
  ...{ id, principal: 'local', profile: 'default', notebook: '/n.ipynb', digest: '', git: null, engine: 'local' },
  ...{ name: 'n', experiment: null, origin: null, folder: '', created: 1, parameters: {} }
});

test('a log says what happened once, in order, whoever was killed while writing or reading it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-history-'));
  let runs = 0;
  let ticks = 0;
  try {
    fc.assert(
      fc.property(fc.commands([...commands], { maxCommands: 60 }), all => {
        const id = `r-${++runs}`;
        const path = join(folder, id);
        // A clock that is set back and forth.
        const log = new EventLog(path, () => 1e9 + 1e8 * Math.sin(++ticks));
        log.append({ type: 'run', state: 'created' });
        const store = passingStore();
        store.addRun(row(id));
        const real: Real = { folder, log, store, path, id, reader: new LineReader(path), seen: [], runs };
        const model: Model = { run: 'created', steps: new Map(), attempts: new Map(), events: 1 };
        fc.modelRun(() => ({ model, real }), all);
        const written = readEvents(path);
        expect(written.map(event => event.n)).toEqual(Array.from({ length: model.events }, (_, at) => at + 1));
        const view = written.reduce<RunView>(applyEvent, emptyView);
        expect(view).toEqual(real.log.view);
        store.ingest(id, written);
        expect(store.events(id, 0, 1000)).toEqual(written);
        const kinds: Record<Life, readonly string[]> = {
          idle: ['waiting', 'queued', 'stale'],
          running: ['running'],
          done: ['succeeded'],
          over: ['failed', 'cancelled', 'skipped']
        };
        for (const [name, life] of model.steps) expect(kinds[life]).toContain(view.steps.get(name)?.kind);
        real.log.close();
        real.reader.close();
        store.close();
      }),
      { numRuns: 150 }
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
