import { availableParallelism, totalmem } from 'node:os';
import type { Step } from '@cellway/core/api';
import type { Observed } from '../../evidence';
import type { CacheAnswer, PlanChange, RunEvent, RunEventBody } from '../../runs/event';
import type { Earlier, RunFile } from '../../runs/folder';
import { diskFull } from '../../runs/data-folder';
import type { EventLog } from '../../runs/log';
import { type Plan, planOf } from '../../runs/plan';
import type { Reason, Refusal } from '../../runs/refusal';
import { type Inherited, inherit } from './adoption';
import type { Cache, EarlierFiles, Lookup, Start } from './cache';
import { Knowledge } from './knowledge';
import type { Launchers } from './launchers';
import { hold } from './hold';
import { artifactsOf, keptFiles, type Result } from './results';
import { type Phase, readiness } from './readiness';
import { readReport } from './report';
import { ownFailure } from './own-failure';
import { Slots } from './slots';
import { type Ending, Trials } from './trials';
import { unwatchedNotes } from './unwatched';
import { upstreamGone } from './upstream-gone';
import { type Inspected, inspectResult, isWhole } from './whole';
import type { WorkingCopy } from './workcopy';

/** How the run ended; the log does not have it yet. */
export type Outcome =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly steps: readonly string[]; readonly reason?: Reason }
  | { readonly state: 'refused'; readonly reason: Reason }
  | { readonly state: 'cancelled' };

interface Parts {
  readonly run: RunFile;
  readonly folder: string;
  readonly log: EventLog;
  readonly launchers: Launchers;
  readonly work: WorkingCopy;
  /** Results by what they depend on. Made after the supervisor, whose knowledge of files it asks for. */
  readonly cache: (earlierFiles: EarlierFiles) => Cache;
  readonly sourceOf: (cell: string) => string;
  /** What supervisors before this one, which died, wrote: events of the log. */
  readonly before: readonly RunEvent[];
  /** Whether somebody asked the run to stop before this process listened. */
  readonly stopAsked: () => boolean;
  /** Milliseconds that a forked child has to begin. */
  readonly patience?: number;
}

/**
 * Runs a run's steps: starts each when what it waits for is done, and stops the run when the result could differ from
 * the notebook's. All state is here and in the log; nothing polls.
 */
export class Supervisor {
  readonly #plan: Plan;
  readonly #phase = new Map<string, Phase>();
  readonly #known: Knowledge;
  /** Last attempt folder of every node that has run or come from earlier: where its executed cells are. */
  readonly folders = new Map<string, string>();
  readonly #trials: Trials;
  readonly #background: Promise<void>[] = [];
  readonly #toKeep: (() => Promise<void>)[] = [];
  readonly #cache: Cache;
  readonly #wakeUps: (() => void)[] = [];
  #cacheless = false;
  #stop: Outcome | null = null;
  #finish: (outcome: Outcome) => void = () => undefined;
  readonly #finished = new Promise<Outcome>(resolve => {
    this.#finish = resolve;
  });

  constructor(private readonly parts: Parts) {
    const { run, folder, log, launchers, work, sourceOf, patience } = parts;
    this.#plan = planOf(run.pipeline, run.options.memory);
    this.#known = new Knowledge(run, this.#plan);
    this.#cache = parts.cache({
      left: (path, reader) => this.#known.writtenInRun(path, reader),
      added: (path, reader) => this.#known.addedInRun(path, reader)
    });
    this.#trials = new Trials({
      ...{ run, folder, log, launchers, work, sourceOf, patience, known: this.#known },
      slots: new Slots({ cpu: run.options.parallel ?? availableParallelism(), memory: totalmem() }),
      place: node => this.#plan.order.get(node.name)!,
      stopped: () => this.#stop !== null,
      earlierDone: node => this.#earlierDone(node),
      began: (node, at) => {
        this.folders.set(node.name, at);
        setImmediate(() => this.#keepResults());
      },
      conclude: (node, ending, answer) => this.#conclude(node, ending, answer)
    });
  }

  async supervise(): Promise<Outcome> {
    const { run, log, launchers, stopAsked } = this.parts;
    const begin: RunEventBody[] = [];
    const inherited = this.#inherit();
    for (const node of this.#plan.nodes) {
      const earlier = run.earlier[node.name];
      const phase = inherited.phases.get(node.name);
      if (phase !== undefined) this.#phase.set(node.name, phase);
      else if (earlier) {
        const held = await this.#holdEarlier(node, earlier);
        if ('reason' in held) return { state: 'refused', reason: held.reason };
        begin.push(...this.#takeEarlier(node, held, earlier.from));
      } else if (!run.selected.includes(node.name)) {
        this.#phase.set(node.name, 'skipped');
        begin.push({ type: 'step', step: node.name, state: 'skipped', because: 'not selected' });
      } else {
        this.#phase.set(node.name, 'pending');
        const after = this.#plan.after.get(node.name)!;
        if (after.length > 0 && log.view.steps.get(node.name)?.kind !== 'waiting')
          begin.push({ type: 'step', step: node.name, state: 'waiting', for: after });
      }
    }
    log.appendAll(begin);
    for (const [name, open] of inherited.open) {
      const node = this.#plan.byName.get(name)!;
      this.#trials.run(node, open.answer, open).catch((error: unknown) => this.#crash(node, error));
    }
    if (inherited.stop !== null) this.#halt(inherited.stop);
    if (stopAsked()) this.cancel();
    if (!run.options.cache) launchers.warm();
    this.#pump();
    const outcome = await this.#finished;
    this.#keepResults();
    await Promise.all(this.#background);
    log.appendAll(unwatchedNotes(this.#known.reports(), this.parts.work.unreadable));
    return outcome;
  }

  /** What there is of the run when a supervisor before this one has died; nothing of a new one. */
  #inherit(): Inherited {
    const { run, folder, before, work } = this.parts;
    const inherited = inherit({ run, folder, plan: this.#plan, known: this.#known, events: before });
    for (const [name, at] of inherited.folders) this.folders.set(name, at);
    for (const { start, result } of inherited.finished) this.#toKeep.push(() => this.#cache.keep(start, result));
    if (!work.inherited) for (const files of inherited.files) this.#background.push(work.restore(files));
    return inherited;
  }

  /** Puts results into the cache: once the next step is on its way, so that it need not wait for that. */
  #keepResults(): void {
    for (const keep of this.#toKeep.splice(0)) this.#background.push(keep().catch(error => this.#withoutCache(error)));
  }

  /** A run needs no cache: one that cannot be written (a newer Cellway has taken it over, it is locked, full) is told, once. */
  #withoutCache(error: unknown): void {
    if (this.#cacheless) return;
    this.#cacheless = true;
    const message = error instanceof Error ? error.message : String(error);
    this.parts.log.append({ type: 'note', message: `Results of this run are not in the cache: ${message}` });
  }

  /** What attempts of the run were seen to do. */
  get observed(): readonly Observed[] {
    return this.#known.observed;
  }

  /** Stops all that runs; nothing new starts. */
  cancel(): void {
    this.#halt({ state: 'cancelled' });
  }

  /** There is no room on the disk: stops the run, which has failed. */
  full(step?: string): void {
    const { run } = this.parts;
    this.#halt({
      state: 'failed',
      steps: step === undefined ? [] : [step],
      reason: { ...diskFull(run.data).reason, ...(step === undefined ? {} : { step }) }
    });
  }

  async #holdEarlier(node: Step, { execution, folder }: Earlier): Promise<Result | Refusal> {
    const found = inspectResult(folder, execution);
    const held: Inspected = isWhole(found) ? await hold(found, this.parts.folder, node.id) : found;
    return isWhole(held) ? held : upstreamGone(node, held.damage);
  }

  #takeEarlier(node: Step, result: Result, from: Earlier['from']): readonly RunEventBody[] {
    const { folder } = result;
    // Whether it holds was judged when it ran; what later steps have to take from it still matters.
    const { changes } = this.#known.takeEarlier(node, result);
    this.folders.set(node.name, result.at);
    this.#phase.set(node.name, 'done');
    this.#background.push(this.parts.work.restore(keptFiles(result)));
    const outputs = artifactsOf(result);
    return [
      {
        ...{ type: 'step', step: node.name, state: 'succeeded', attempt: 0, took: 0, outputs, from, folder },
        metrics: result.report.metrics ?? []
      },
      ...this.#planChanges(changes)
    ];
  }

  #planChanges(changes: readonly PlanChange[]): readonly RunEventBody[] {
    return changes.map(change => ({ type: 'plan-changed', ...change }));
  }

  /** Starts what can start; ends the run when nothing is left to do. */
  #pump(): void {
    if (this.#stop === null) {
      for (const node of this.#plan.nodes) {
        if (this.#phase.get(node.name) !== 'pending') continue;
        const found = readiness(this.#plan, node.name, name => this.#phase.get(name));
        if (found.kind === 'lost') {
          this.#phase.set(node.name, 'skipped');
          this.parts.log.append({ type: 'step', step: node.name, state: 'skipped', because: found.because });
        } else if (found.kind === 'ready') {
          this.#phase.set(node.name, 'busy');
          this.#advance(node).catch((error: unknown) => this.#crash(node, error));
        }
      }
    }
    for (const wake of this.#wakeUps.splice(0)) wake();
    if ([...this.#phase.values()].includes('busy')) return;
    if (this.#stop !== null) {
      for (const [name, phase] of this.#phase) {
        if (phase !== 'pending') continue;
        this.#phase.set(name, 'cancelled');
        this.parts.log.append({ type: 'step', step: name, state: 'cancelled' });
      }
      this.#finish(this.#stop);
      return;
    }
    const failed = [...this.#phase].filter(([, phase]) => phase === 'failed').map(([name]) => name);
    const reason = this.#known.whyFailed();
    if (reason !== null) this.#finish({ state: 'refused', reason });
    else this.#finish(failed.length > 0 ? { state: 'failed', steps: failed } : { state: 'succeeded' });
  }

  #halt(outcome: Outcome): void {
    if (this.#stop !== null) return;
    this.#stop = outcome;
    this.#trials.cancel();
    // A run that waits for nothing that runs has to be ended here.
    queueMicrotask(() => this.#pump());
  }

  /**
   * First held, then claimed: whoever collects results looks at claims, at what is held, and at claims again as it
   * removes. So either it finds the result held, or the claim finds the result gone.
   */
  async #holdCached(node: Step, result: Result): Promise<Inspected> {
    const held = await hold(result, this.parts.folder, node.id);
    try {
      return !isWhole(held) || this.#cache.use(held) ? held : { damage: 'result was removed' };
    } catch (error) {
      this.#withoutCache(error);
      return { damage: 'the cache cannot be written' };
    }
  }

  async #lookup(start: Start): Promise<Pick<Lookup, 'answer' | 'result'>> {
    try {
      return await this.#cache.lookup(start);
    } catch (error) {
      this.#withoutCache(error);
      return { answer: { hit: false, why: ['the cache cannot be read'] }, result: null };
    }
  }

  /** From the cache, or run. */
  async #advance(node: Step): Promise<void> {
    const { run, launchers, work } = this.parts;
    let answer: CacheAnswer | undefined;
    if (run.options.cache) {
      const gathered = this.#known.gather(node);
      const found = await this.#lookup(gathered.start);
      answer = found.answer;
      if (found.result !== null && this.#stop === null) {
        const held = await this.#holdCached(node, found.result);
        if (isWhole(held)) {
          this.#known.enter(node, gathered);
          await work.restore(keptFiles(held));
          this.#succeed(node, held, { attempt: 0, took: 0, from: 'cache' }, answer);
          return;
        }
        answer = { hit: false, why: [held.damage] };
      }
    }
    launchers.warm();
    // A failure is told to whoever waits for it, in each trial.
    work.ensure().catch(() => undefined);
    await this.#trials.run(node, answer);
  }

  #conclude(node: Step, ending: Ending, answer: CacheAnswer | undefined): void {
    const { log } = this.parts;
    const { attempt, took } = ending;
    switch (ending.kind) {
      case 'succeeded': {
        const { start, result } = ending;
        this.#toKeep.push(() => this.#cache.keep(start, result));
        this.#succeed(node, result, { attempt, took, from: 'run' }, answer);
        return;
      }
      case 'failed': {
        const { error, folder } = ending;
        this.#phase.set(node.name, 'failed');
        const report = readReport(folder);
        if (report !== null) this.#known.fail(node, report);
        log.append({ type: 'step', step: node.name, state: 'failed', attempt, took, error, folder });
        if (error.code === 'disk-full') this.full(node.name);
        break;
      }
      case 'refused': {
        const { reason, folder } = ending;
        this.#phase.set(node.name, 'failed');
        log.append({ type: 'step', step: node.name, state: 'refused', attempt, took, reason, folder });
        this.#halt({ state: 'refused', reason });
        break;
      }
      case 'cancelled':
        this.#phase.set(node.name, 'cancelled');
        log.append({ type: 'step', step: node.name, state: 'cancelled' });
        // An interrupt from outside (a signal to the step itself) must not leave the others waiting for it.
        this.#halt(ending.reason ? { state: 'refused', reason: ending.reason } : { state: 'cancelled' });
        break;
    }
    this.#pump();
  }

  #succeed(
    node: Step,
    result: Result,
    how: { readonly attempt: number; readonly took: number; readonly from: 'run' | 'cache' },
    cache: CacheAnswer | undefined
  ): void {
    const { reason, changes } = this.#known.leave(node, result);
    const { folder, at } = result;
    this.folders.set(node.name, at);
    this.#phase.set(node.name, 'done');
    const outputs = artifactsOf(result);
    this.parts.log.appendAll([
      {
        ...{ type: 'step', step: node.name, state: 'succeeded', ...how, outputs, folder },
        ...(cache ? { cache } : {}),
        ...(how.from === 'run' ? {} : { metrics: result.report.metrics ?? [] })
      },
      ...this.#planChanges(changes)
    ]);
    if (reason !== null) this.#halt({ state: 'refused', reason });
    this.#pump();
  }

  #crash(node: Step, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${message}\n`);
    this.#phase.set(node.name, 'cancelled');
    if (this.parts.log.view.steps.get(node.name)?.kind !== 'succeeded')
      this.parts.log.append({ type: 'step', step: node.name, state: 'cancelled' });
    this.#halt(ownFailure(this.parts.run, this.parts.folder, error, node.name));
    this.#pump();
  }

  async #earlierDone(node: Step): Promise<void> {
    const before = this.#plan.nodes.slice(0, this.#plan.order.get(node.name)!);
    const open = () => before.some(({ name }) => ['pending', 'busy'].includes(this.#phase.get(name) ?? 'skipped'));
    while (open() && this.#stop === null) await new Promise<void>(resolve => this.#wakeUps.push(resolve));
  }
}
