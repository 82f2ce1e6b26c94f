import { writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { CacheAnswer, RunEventBody, RuntimeEvent, StepError } from '../../runs/event';
import { paths, type RunFile } from '../../runs/folder';
import type { EventLog } from '../../runs/log';
import { type Plan, planOf } from '../../runs/plan';
import type { Reason } from '../../runs/refusal';
import { Attempt, type AttemptEnd } from './attempt';
import type { Cache, Start } from './cache';
import {
  checkAmbient,
  checkDefinitions,
  checkFiles,
  checkInputs,
  loadsFor,
  type Pending,
  resolveNeeds,
  type Seen
} from './checks';
import { errorOf } from './failure';
import type { Launchers } from './launchers';
import { type Report, reasonOf } from './report';
import { artifactsOf, findAmbient, findValue, type Found, keptFiles, readResult, type Result } from './results';
import { Slots } from './slots';
import { executionCounts, futuresFor, parametersOf, stepFile } from './step-file';
import { copyPaths, type WorkingCopy } from './workcopy';

/** How the run ended; the log does not have it yet. */
export type Outcome =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly steps: readonly string[] }
  | { readonly state: 'refused'; readonly reason: Reason }
  | { readonly state: 'cancelled' };

type Phase = 'pending' | 'busy' | 'done' | 'failed' | 'skipped' | 'cancelled';

interface Parts {
  readonly run: RunFile;
  readonly folder: string;
  readonly log: EventLog;
  readonly launchers: Launchers;
  readonly work: WorkingCopy;
  /** Results by what they depend on. Made after the supervisor, whose knowledge of files it asks for. */
  readonly cache: (writtenInRun: (path: string, reader: Step) => string | null) => Cache;
  readonly sourceOf: (cell: string) => string;
}

/**
 * Runs a run's steps: starts each when what it waits for is done, judges each end against what the plan foresaw, and
 * stops the run when the result could differ from the notebook's. All state is here and in the log; nothing polls.
 */
export class Supervisor {
  readonly #plan: Plan;
  readonly #phase = new Map<string, Phase>();
  readonly #seen = new Map<string, Seen>();
  readonly #results = new Map<string, Result>();
  /** Last attempt folder of every node that has run or come from earlier: where its executed cells are. */
  readonly folders = new Map<string, string>();
  /** Inputs whose source changed under way, and those that were found missing. */
  readonly #rebound = new Map<string, Map<string, string>>();
  readonly #running = new Set<Attempt>();
  readonly #background: Promise<void>[] = [];
  readonly #toKeep: (() => Promise<void>)[] = [];
  readonly #slots: Slots;
  readonly #cache: Cache;
  readonly #counts: ReadonlyMap<string, number>;
  readonly #wakeUps: (() => void)[] = [];
  #clock = 0;
  #stop: Outcome | null = null;
  #finish: (outcome: Outcome) => void = () => undefined;
  readonly #finished = new Promise<Outcome>(resolve => {
    this.#finish = resolve;
  });

  constructor(private readonly parts: Parts) {
    const { run } = parts;
    this.#plan = planOf(run.pipeline);
    this.#slots = new Slots({ cpu: run.options.parallel ?? availableParallelism(), memory: totalmem() });
    this.#cache = parts.cache((path, reader) => this.#writtenInRun(path, reader));
    this.#counts = executionCounts(run);
  }

  async supervise(): Promise<Outcome> {
    const { run, log, launchers } = this.parts;
    const begin: RunEventBody[] = [];
    for (const node of this.#plan.nodes) {
      const earlier = run.earlier[node.name];
      if (earlier) begin.push(this.#takeEarlier(node, earlier));
      else if (!run.selected.includes(node.name)) {
        this.#phase.set(node.name, 'skipped');
        begin.push({ type: 'step', step: node.name, state: 'skipped', because: 'not selected' });
      } else {
        this.#phase.set(node.name, 'pending');
        const after = this.#plan.after.get(node.name)!;
        if (after.length > 0) begin.push({ type: 'step', step: node.name, state: 'waiting', for: after });
      }
    }
    log.appendAll(begin);
    if (!run.options.cache) launchers.warm();
    this.#pump();
    const outcome = await this.#finished;
    this.#keepResults();
    await Promise.all(this.#background);
    return outcome;
  }

  /** Puts results into the cache: once the next step is on its way, so that it need not wait for that. */
  #keepResults(): void {
    for (const keep of this.#toKeep.splice(0)) this.#background.push(keep());
  }

  /** Stops all that runs; nothing new starts. */
  cancel(): void {
    this.#halt({ state: 'cancelled' });
  }

  #takeEarlier(
    node: Step,
    earlier: { readonly execution: string; readonly folder: string; readonly from: 'cache' | 'earlier-run' }
  ): RunEventBody {
    const result = readResult(earlier.folder, earlier.execution);
    if (result === null) throw new Error(`the result of ${node.name} in ${earlier.folder} has been removed`);
    this.#enter(node, new Map(node.ambient.loads.map(load => [load.slot, load.from])), new Map());
    this.#leave(node, result);
    this.#phase.set(node.name, 'done');
    this.#background.push(this.parts.work.restore(keptFiles(result)));
    return {
      type: 'step',
      step: node.name,
      state: 'succeeded',
      attempt: 0,
      took: 0,
      outputs: artifactsOf(result),
      from: earlier.from,
      folder: earlier.folder
    };
  }

  /** Starts what can start; ends the run when nothing is left to do. */
  #pump(): void {
    if (this.#stop === null) {
      for (const node of this.#plan.nodes) {
        if (this.#phase.get(node.name) !== 'pending') continue;
        const after = (this.#plan.after.get(node.name) ?? []).map(name => [name, this.#phase.get(name)] as const);
        const lost = after.find(([, phase]) => phase === 'failed' || phase === 'skipped');
        if (lost) {
          this.#phase.set(node.name, 'skipped');
          this.parts.log.append({ type: 'step', step: node.name, state: 'skipped', because: lost[0] });
        } else if (after.every(([, phase]) => phase === 'done')) {
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
    this.#finish(failed.length > 0 ? { state: 'failed', steps: failed } : { state: 'succeeded' });
  }

  #crash(node: Step, error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${message}\n`);
    this.#phase.set(node.name, 'cancelled');
    if (this.parts.log.view.steps.get(node.name)?.kind !== 'succeeded')
      this.parts.log.append({ type: 'step', step: node.name, state: 'cancelled' });
    this.#halt({
      state: 'refused',
      reason: {
        code: 'internal',
        message: `Cellway failed at step ${node.name}: ${error instanceof Error ? error.message : String(error)}`,
        step: node.name,
        fix: `See ${paths.supervisorLog(this.parts.folder)}.`
      }
    });
    this.#pump();
  }

  #halt(outcome: Outcome): void {
    if (this.#stop !== null) return;
    this.#stop = outcome;
    for (const attempt of this.#running) attempt.interrupt('cancel');
    // A run that waits for nothing that runs has to be ended here.
    queueMicrotask(() => this.#pump());
  }

  // --- what a node starts from -----------------------------------------------------------------------------------

  #sources(node: Step, name: string): readonly Step[] {
    const rebound = this.#rebound.get(node.name)?.get(name);
    const names = [
      ...node.inputs.filter(input => input.name === name).map(input => input.from),
      ...(rebound === undefined ? [] : [rebound])
    ];
    return [...new Set(names)]
      .map(from => this.#plan.byName.get(from)!)
      .sort((a, b) => this.#plan.order.get(b.name)! - this.#plan.order.get(a.name)!);
  }

  #inputNames(node: Step): readonly string[] {
    return [...new Set([...node.inputs.map(input => input.name), ...(this.#rebound.get(node.name)?.keys() ?? [])])];
  }

  #gather(node: Step): {
    readonly start: Start;
    readonly values: Map<string, Found>;
    readonly ambient: Map<string, Found>;
    readonly loads: ReadonlyMap<string, string>;
  } {
    const { run } = this.parts;
    const resultOf = (name: string) => this.#results.get(name);
    const values = new Map<string, Found>();
    for (const name of this.#inputNames(node)) {
      const found = findValue(name, this.#sources(node, name), resultOf);
      if (found) values.set(name, found);
    }
    const planned = new Map(node.ambient.loads.map(load => [load.slot, load.from]));
    const loads = loadsFor(this.#seen, this.#plan.order.get(node.name)!, planned);
    const ambient = new Map<string, Found>();
    for (const [slot, from] of loads) {
      const found = findAmbient(slot, from, resultOf, name => this.#seen.get(name)?.loads);
      if (found) ambient.set(slot, found);
    }
    const executed = (found: Found) => ({ from: found.from, execution: this.#results.get(found.from)!.execution });
    const start: Start = {
      node,
      inputs: new Map([...values].map(([name, found]) => [name, executed(found)])),
      ambient: new Map(
        [...ambient].filter(([slot]) => planned.has(slot)).map(([slot, found]) => [slot, executed(found)])
      ),
      loads: new Map([...ambient].map(([slot, found]) => [slot, executed(found).execution])),
      parameters: parametersOf(run, node),
      futures: futuresFor(run, node)
    };
    return { start, values, ambient, loads };
  }

  /** Where the latest step before `reader` left a file that it wrote. */
  #writtenInRun(path: string, reader: Step): string | null {
    const place = this.#plan.order.get(reader.name)!;
    for (const node of this.#plan.nodes.slice(0, place).reverse()) {
      const result = this.#results.get(node.name);
      if (!result) continue;
      const kept = keptFiles(result);
      if (kept.written.includes(path)) return join(kept.folder, path);
      if (kept.removed.includes(path)) return join(kept.folder, '.removed', path);
    }
    return null;
  }

  #enter(node: Step, loads: ReadonlyMap<string, string>, sources: ReadonlyMap<string, string>): void {
    this.#seen.set(node.name, {
      node,
      place: this.#plan.order.get(node.name)!,
      started: ++this.#clock,
      finished: null,
      report: null,
      loads,
      sources
    });
  }

  #leave(node: Step, result: Result): Seen {
    const seen: Seen = { ...this.#seen.get(node.name)!, finished: ++this.#clock, report: result.report };
    this.#seen.set(node.name, seen);
    this.#results.set(node.name, result);
    this.folders.set(node.name, result.folder);
    return seen;
  }

  // --- the life of one step --------------------------------------------------------------------------------------

  async #advance(node: Step): Promise<void> {
    const { run, launchers, log } = this.parts;
    let answer: CacheAnswer | undefined;
    const gathered = this.#gather(node);
    if (run.options.cache) {
      const found = await this.#cache.lookup(gathered.start);
      answer = found.answer;
      if (found.result !== null && this.#stop === null) {
        this.#enter(node, gathered.loads, new Map([...gathered.values].map(([name, { from }]) => [name, from])));
        await this.parts.work.restore(keptFiles(found.result));
        this.#succeed(node, found.result, 0, 0, 'cache', answer);
        return;
      }
    }
    launchers.warm();
    const preparing = this.parts.work.ensure();
    if (this.#slots.busy(node))
      log.append({ type: 'step', step: node.name, state: 'queued', reason: 'waits for a free core' });
    const release = await this.#slots.take(node, this.#plan.order.get(node.name)!);
    try {
      const refusal = await preparing;
      if (refusal !== null) this.#halt({ state: 'refused', reason: refusal.reason });
      if (this.#stop === null) await this.#attempts(node, answer);
      else this.#abandon(node);
    } finally {
      release();
    }
  }

  #abandon(node: Step): void {
    this.#phase.set(node.name, 'cancelled');
    this.parts.log.append({ type: 'step', step: node.name, state: 'cancelled' });
    this.#pump();
  }

  async #attempts(node: Step, answer: CacheAnswer | undefined): Promise<void> {
    const { launchers, log } = this.parts;
    let retries = node.settings.retry ?? 0;
    let spawn = false;
    for (let attempt = 1; ; attempt++) {
      const folder = paths.attempt(this.parts.folder, node.id, attempt);
      const launcher = spawn ? launchers.spawn : await launchers.launcher();
      if (this.#stop !== null) return this.#abandon(node);
      const { start, values, ambient, loads } = this.#gather(node);
      this.#sayLoads(node, loads);
      this.#enter(node, loads, new Map([...values].map(([name, { from }]) => [name, from])));
      log.append({
        type: 'step',
        step: node.name,
        state: 'running',
        attempt,
        how: launcher.how,
        ...(answer ? { cache: answer } : {})
      });
      const { run, work, sourceOf } = this.parts;
      const running = new Attempt(launcher, {
        folder,
        workdir: work.folder,
        step: stepFile({ run, node, attempt, workdir: work.folder, values, ambient, counts: this.#counts, sourceOf }),
        env: node.settings.env ?? {},
        timeout: node.settings.timeout,
        onEvents: events => this.#forward(node, attempt, events)
      });
      this.folders.set(node.name, folder);
      this.#running.add(running);
      setImmediate(() => this.#keepResults());
      const end = await running.end;
      this.#running.delete(running);
      if (end.interrupted === 'stuck' || (end.report === null && launcher.how === 'fork' && launchers.lost)) {
        log.append({
          type: 'note',
          step: node.name,
          message: 'The forked process did not start; it is run by a fresh interpreter.'
        });
        spawn = true;
        continue;
      }
      const outcome = end.interrupted === 'timeout' ? 'failed' : (end.report?.outcome ?? 'failed');
      if (end.interrupted === 'cancel' || outcome === 'cancelled') {
        this.#abandon(node);
        // An interrupt from outside (a signal to the step itself) must not leave the others waiting for it.
        if (this.#stop === null) this.#halt({ state: 'cancelled' });
        return;
      }
      if (outcome === 'succeeded') {
        const result: Result = { execution: `${run.id}/${node.id}/${attempt}`, folder, report: end.report! };
        await this.#keepFiles(result);
        this.#toKeep.push(() => this.#cache.keep(start, result));
        this.#succeed(node, result, attempt, end.took, 'run', answer);
        return;
      }
      if (outcome === 'refused') return this.#refuse(node, attempt, end, reasonOf(end.report!, node.name));
      if (outcome === 'needs') {
        if ((await this.#supply(node, attempt, end)) === 'again') continue;
        return;
      }
      if (retries > 0) {
        retries -= 1;
        continue;
      }
      return this.#fail(node, attempt, end, errorOf(end, folder, node.settings.timeout));
    }
  }

  #forward(node: Step, attempt: number, events: readonly RuntimeEvent[]): void {
    this.parts.log.appendAll(
      events.filter(event => event.type !== 'step').map(event => ({ type: 'runtime', step: node.name, attempt, event }))
    );
  }

  /** Says which ambient state a step gets that its plan did not name, where a change had not been foreseen. */
  #sayLoads(node: Step, loads: ReadonlyMap<string, string>): void {
    for (const [slot, from] of loads) {
      if (node.ambient.loads.some(load => load.slot === slot && load.from === from)) continue;
      if (this.#plan.byName.get(from)?.ambient.changes.includes(slot)) continue;
      this.parts.log.append({
        type: 'plan-changed',
        from,
        to: node.name,
        names: [slot],
        kind: 'ambient',
        message: `step ${from} changed ${slot}, which the plan did not foresee; step ${node.name} starts from that state`
      });
    }
  }

  /** Copies what the step wrote, before a later step can write over it. */
  async #keepFiles(result: Result): Promise<void> {
    const { written, removed } = result.report.files;
    if (written.length === 0 && removed.length === 0) return;
    const inside = written.map(use => use.path).filter(path => !path.startsWith('/') && !path.startsWith('../'));
    const copied = await copyPaths(inside, this.parts.work.folder, join(result.folder, 'files'));
    writeFileSync(
      join(result.folder, 'files.json'),
      JSON.stringify({ written: copied, removed: removed.map(use => use.path).filter(path => !path.startsWith('/')) })
    );
  }

  #fail(node: Step, attempt: number, end: AttemptEnd, error: StepError): void {
    this.#phase.set(node.name, 'failed');
    this.parts.log.append({
      type: 'step',
      step: node.name,
      state: 'failed',
      attempt,
      took: end.took,
      error,
      folder: this.folders.get(node.name)!
    });
    this.#pump();
  }

  #refuse(node: Step, attempt: number, end: AttemptEnd, reason: Reason): void {
    this.#phase.set(node.name, 'failed');
    this.parts.log.append({
      type: 'step',
      step: node.name,
      state: 'refused',
      attempt,
      took: end.took,
      reason,
      folder: this.folders.get(node.name)!
    });
    this.#halt({ state: 'refused', reason });
    this.#pump();
  }

  #succeed(
    node: Step,
    result: Result,
    attempt: number,
    took: number,
    from: 'run' | 'cache',
    cache: CacheAnswer | undefined
  ): void {
    const just = this.#leave(node, result);
    this.#phase.set(node.name, 'done');
    this.parts.log.append({
      type: 'step',
      step: node.name,
      state: 'succeeded',
      attempt,
      took,
      outputs: artifactsOf(result),
      from,
      folder: result.folder,
      ...(cache ? { cache } : {})
    });
    const reason = this.#judge(just);
    if (reason !== null) this.#halt({ state: 'refused', reason });
    this.#pump();
  }

  /** Null when the run may go on after this step's end. */
  #judge(just: Seen): Reason | null {
    const pending = this.#pending();
    const inputs = checkInputs(this.#seen, pending, just);
    const reason =
      checkAmbient(this.#seen, just) ??
      checkFiles(this.#seen, just) ??
      inputs.reason ??
      checkDefinitions([...pending, ...this.#startedAfter(just)], just);
    if (reason !== null) return reason;
    for (const { name, to, from } of inputs.rebindings) {
      this.#rebind(to, name, from);
      this.parts.log.append({
        type: 'plan-changed',
        from,
        to,
        names: [name],
        kind: 'value',
        message: `step ${from} changed ${name}, which the plan did not foresee; step ${to} takes it from there`
      });
    }
    return null;
  }

  #rebind(to: string, name: string, from: string): void {
    const names = this.#rebound.get(to) ?? new Map<string, string>();
    this.#rebound.set(to, names.set(name, from));
  }

  #asPending(node: Step): Pending {
    const sources = new Map(this.#inputNames(node).map(name => [name, this.#sources(node, name)[0]?.name ?? '']));
    return {
      name: node.name,
      place: this.#plan.order.get(node.name)!,
      sources,
      replays: new Set(node.replay.flatMap(piece => piece.names))
    };
  }

  #pending(): readonly Pending[] {
    return this.#plan.nodes.filter(node => !this.#seen.has(node.name)).map(node => this.#asPending(node));
  }

  #startedAfter(just: Seen): readonly Pending[] {
    return [...this.#seen.values()].filter(step => step.place > just.place).map(step => this.#asPending(step.node));
  }

  // --- a read that nobody foresaw --------------------------------------------------------------------------------

  /** Whether all nodes before this one have come to an end. */
  #earlierDone(node: Step): boolean {
    return this.#plan.nodes
      .slice(0, this.#plan.order.get(node.name)!)
      .every(before => !['pending', 'busy'].includes(this.#phase.get(before.name) ?? 'skipped'));
  }

  /** Finds what the attempt asked for: `again` when the step can be tried with it. */
  async #supply(node: Step, attempt: number, end: AttemptEnd): Promise<'again' | 'ended'> {
    const report: Report = end.report!;
    while (!this.#earlierDone(node) && this.#stop === null)
      await new Promise<void>(resolve => this.#wakeUps.push(resolve));
    if (this.#stop !== null) {
      this.#abandon(node);
      return 'ended';
    }
    const asking = this.#seen.get(node.name)!;
    const found = resolveNeeds(this.#seen, asking, report, this.parts.sourceOf);
    switch (found.kind) {
      case 'unbound': {
        const need = report.needs.find(one => one.name === found.name)!;
        const evalue = `name '${found.name}' is not defined`;
        const place = {
          ...(need.cell ? { cell: need.cell } : {}),
          ...(need.index ? { index: need.index } : {}),
          ...(need.line ? { line: need.line } : {})
        };
        this.#fail(node, attempt, end, {
          code: 'unbound-name',
          ename: 'NameError',
          evalue,
          ...place,
          traceback: [`NameError: ${evalue}`]
        });
        return 'ended';
      }
      case 'stop':
        this.#refuse(node, attempt, end, found.reason);
        return 'ended';
      case 'found': {
        if (report.files.written.length > 0 || report.files.removed.length > 0) {
          const need = report.needs[0]!;
          this.#refuse(node, attempt, end, {
            code: 'read-unseen',
            message: `Step ${node.name} reads ${need.name}, which the plan did not foresee, and had written files already: it cannot be run again from its start.`,
            step: node.name,
            ...(need.index ? { cell: need.index } : {}),
            ...(need.line ? { line: need.line } : {}),
            name: need.name,
            fix: `Read ${need.name} by its name in a cell of ${node.name}.`
          });
          return 'ended';
        }
        for (const [name, from] of found.sources) {
          this.#rebind(node.name, name, from);
          this.parts.log.append({
            type: 'plan-changed',
            from,
            to: node.name,
            names: [name],
            kind: 'value',
            message: `step ${node.name} reads ${name}, which the plan did not foresee; it is run again with it`
          });
        }
        return 'again';
      }
    }
  }
}
