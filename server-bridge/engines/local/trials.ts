import type { Step } from '@cellway/core/api';
import type { CacheAnswer, RuntimeEvent, StepError } from '../../runs/event';
import { paths, type RunFile } from '../../runs/folder';
import type { EventLog } from '../../runs/log';
import type { Reason } from '../../runs/refusal';
import { isFull } from '../../runs/reserve';
import { abandonedOrAttached, type OpenAttempt } from './adoption';
import { type Attempt, type AttemptEnd, attachAttempt, startAttempt } from './attempt';
import type { Start } from './cache';
import { errorOf, FULL } from './failure';
import type { Knowledge } from './knowledge';
import type { Launchers } from './launchers';
import { type Report, reasonOf } from './report';
import { keepFiles, type Result } from './results';
import type { Slots } from './slots';
import { executionCounts, stepFile } from './step-file';
import { supply } from './unforeseen';
import type { WorkingCopy } from './workcopy';

/** How a step's trials ended. `took` in seconds, of the last one. */
export type Ending = { readonly attempt: number; readonly took: number } & (
  | { readonly kind: 'succeeded'; readonly start: Start; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: StepError; readonly folder: string }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly folder: string }
  /** `reason`: why the run as a whole cannot go on. */
  | { readonly kind: 'cancelled'; readonly reason?: Reason }
);

/** What comes after one attempt. */
type Next =
  | { readonly kind: 'ended'; readonly ending: Ending }
  | { readonly kind: 'failed'; readonly end: AttemptEnd }
  /** By a fresh interpreter: the forked one never began. */
  | { readonly kind: 'fresh' }
  /** It never began, for no fault of the step's. */
  | { readonly kind: 'again' }
  | { readonly kind: 'needs'; readonly end: AttemptEnd; readonly report: Report };

interface Context {
  readonly run: RunFile;
  readonly folder: string;
  readonly log: EventLog;
  readonly launchers: Launchers;
  readonly work: WorkingCopy;
  readonly sourceOf: (cell: string) => string;
  readonly known: Knowledge;
  readonly slots: Slots;
  readonly place: (node: Step) => number;
  /** Milliseconds after which a forked child that has not begun is given up; absent: the default. */
  readonly patience?: number;
  readonly stopped: () => boolean;
  /** Resolves when all nodes before this one have come to an end, or the run stops. */
  readonly earlierDone: (node: Step) => Promise<void>;
  readonly began: (node: Step, folder: string) => void;
  /** Takes an ending in, at once: the step's share of the machine is given back after it. */
  readonly conclude: (node: Step, ending: Ending, answer: CacheAnswer | undefined) => void;
}

/** Runs steps: attempt after attempt, until one counts. */
export class Trials {
  readonly #running = new Set<Attempt>();
  readonly #counts: ReadonlyMap<string, number>;

  constructor(private readonly context: Context) {
    this.#counts = executionCounts(context.run);
  }

  cancel(): void {
    for (const attempt of this.#running) attempt.interrupt('cancel');
  }

  /** `open`: the attempt that the supervisor before this one was at. */
  async run(node: Step, answer: CacheAnswer | undefined, open?: OpenAttempt): Promise<void> {
    const { slots, place, log, launchers, conclude } = this.context;
    let retries = (node.settings.retry ?? 0) - (open?.failures ?? 0);
    let fresh = false;
    for (let attempt = open?.attempt ?? 1; ; attempt++) {
      if (attempt === 1 && slots.busy(node))
        log.append({ type: 'step', step: node.name, state: 'queued', reason: 'waits for a free core' });
      const release = await slots.take(node, place(node));
      try {
        const next = await (attempt === open?.attempt
          ? this.#resume(node, open)
          : this.#once(node, attempt, fresh, answer));
        switch (next.kind) {
          case 'ended':
            return conclude(node, next.ending, answer);
          case 'fresh':
            fresh = true;
            launchers.distrust();
            log.append({
              type: 'note',
              step: node.name,
              message: `The forked process of step ${node.name} did not begin; from here on fresh interpreters are used.`
            });
            break;
          case 'again':
            break;
          case 'failed':
            // More of the same would not find more room.
            if (next.end.exit.code === FULL || retries-- <= 0)
              return conclude(node, this.#failed(node, attempt, next.end), answer);
            break;
          case 'needs': {
            // Those that it waits for may need its share.
            release();
            const ending = await this.#supplied(node, attempt, next.end, next.report);
            if (ending !== null) return conclude(node, ending, answer);
          }
        }
      } finally {
        release();
      }
    }
  }

  async #once(node: Step, attempt: number, fresh: boolean, answer: CacheAnswer | undefined): Promise<Next> {
    const { run, log, launchers, work, sourceOf, known, stopped, patience } = this.context;
    const folder = paths.attempt(this.context.folder, node.id, attempt);
    const refusal = await work.ensure();
    const none = { kind: 'cancelled' as const, attempt, took: 0 };
    if (refusal !== null) return { kind: 'ended', ending: { ...none, reason: refusal.reason } };
    const launcher = fresh ? launchers.spawn : await launchers.launcher(node);
    if (stopped()) return { kind: 'ended', ending: none };
    const gathered = known.gather(node);
    const changes = known.unplannedLoads(node, gathered.loads);
    known.enter(node, gathered);
    log.appendAll([
      ...changes.map(change => ({ type: 'plan-changed' as const, ...change })),
      {
        type: 'step',
        step: node.name,
        state: 'running',
        attempt,
        how: launcher.how,
        ...(answer ? { cache: answer } : {})
      }
    ]);
    const running = startAttempt(launcher, {
      folder,
      workdir: work.folder,
      step: stepFile({ run, node, attempt, workdir: work.folder, ...gathered, counts: this.#counts, sourceOf }),
      env: node.settings.env ?? {},
      timeout: node.settings.timeout,
      patience,
      onEvents: events => this.#forward(node, attempt, events)
    });
    this.context.began(node, folder);
    const end = await this.#watch(running);
    if (
      end.interrupted === 'stuck' ||
      (end.report === null && !end.started && launcher.how === 'fork' && launchers.lost)
    )
      return { kind: 'fresh' };
    return this.#judge(node, attempt, gathered.start, end);
  }

  /** Takes in how an attempt ended, or will, that was begun under another supervisor. */
  async #resume(node: Step, open: OpenAttempt): Promise<Next> {
    const { attempt, seen, start } = open;
    const folder = paths.attempt(this.context.folder, node.id, attempt);
    const found = abandonedOrAttached(folder);
    if (found === null) return { kind: 'again' };
    const { timeout } = node.settings;
    const onEvents = (events: readonly RuntimeEvent[]) => this.#forward(node, attempt, events);
    const running = attachAttempt(found.launched, { folder, timeout, onEvents, seen, age: found.age });
    if (this.context.stopped()) running.interrupt('cancel');
    return this.#judge(node, attempt, start, await this.#watch(running));
  }

  async #watch(running: Attempt): Promise<AttemptEnd> {
    this.#running.add(running);
    const end = await running.end;
    this.#running.delete(running);
    return end;
  }

  async #judge(node: Step, attempt: number, start: Start, end: AttemptEnd): Promise<Next> {
    const { run, log, work, known } = this.context;
    const folder = paths.attempt(this.context.folder, node.id, attempt);
    const { report } = end;
    const ended = { attempt, took: end.took, folder };
    if (end.interrupted === 'timeout') return { kind: 'ended', ending: this.#failed(node, attempt, end) };
    if (end.interrupted === 'cancel') return { kind: 'ended', ending: { kind: 'cancelled', ...ended } };
    switch (report?.outcome) {
      case 'cancelled':
        return { kind: 'ended', ending: { kind: 'cancelled', ...ended } };
      case 'succeeded': {
        const result: Result = { execution: `${run.id}/${node.id}/${attempt}`, folder, at: folder, report };
        await keepFiles(result, work.folder, known.othersFiles(node, report));
        return { kind: 'ended', ending: { kind: 'succeeded', ...ended, start, result } };
      }
      case 'refused':
        return { kind: 'ended', ending: { kind: 'refused', ...ended, reason: reasonOf(report, node.name) } };
      case 'needs':
        return { kind: 'needs', end, report };
      default:
        // Why the user's code failed, where that is more than its error says.
        if (report?.reason) {
          const { message, fix } = report.reason;
          log.append({ type: 'note', step: node.name, message: `${message}. ${fix ?? ''}`.trim() });
        }
        return { kind: 'failed', end };
    }
  }

  #failed(node: Step, attempt: number, end: AttemptEnd): Ending {
    const folder = paths.attempt(this.context.folder, node.id, attempt);
    return { kind: 'failed', attempt, took: end.took, folder, error: errorOf(end, folder, node.settings) };
  }

  /** Looks for what the attempt asked for: null when the step can be tried again with it. */
  async #supplied(node: Step, attempt: number, end: AttemptEnd, report: Report): Promise<Ending | null> {
    const { known, log, sourceOf, stopped, earlierDone } = this.context;
    const folder = paths.attempt(this.context.folder, node.id, attempt);
    const ended = { attempt, took: end.took, folder };
    await earlierDone(node);
    if (stopped()) return { kind: 'cancelled', ...ended };
    known.observe(node, report);
    const supplied = supply(known, node, report, sourceOf);
    switch (supplied.kind) {
      case 'again':
        log.appendAll(supplied.changes.map(change => ({ type: 'plan-changed', ...change })));
        return null;
      case 'fail':
        return { kind: 'failed', ...ended, error: supplied.error };
      case 'refuse':
        return { kind: 'refused', ...ended, reason: supplied.reason };
    }
  }

  #forward(node: Step, attempt: number, events: readonly RuntimeEvent[]): void {
    try {
      this.context.log.appendAll(
        events
          .filter(event => event.type !== 'step')
          .map(event => ({ type: 'runtime', step: node.name, attempt, event }))
      );
    } catch (error) {
      // The log has seen to it that the run stops for that reason.
      if (!isFull(error)) throw error;
    }
  }
}
