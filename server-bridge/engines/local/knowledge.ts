import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { PlanChange } from '../../runs/event';
import type { Observed } from '../../evidence';
import type { RunFile } from '../../runs/folder';
import type { Plan } from '../../runs/plan';
import type { Reason } from '../../runs/refusal';
import type { Start } from './cache';
import {
  checkAmbient,
  checkDefinitions,
  checkDisplays,
  checkFiles,
  checkInputs,
  generators,
  loadsFor,
  othersFiles,
  type Pending,
  type Seen
} from './checks';
import type { Report } from './report';
import { disownFiles, findAmbient, findValue, type Found, keptFiles, type Result } from './results';
import { futuresFor, parametersOf } from './step-file';

/** All that a node starts from, now. */
export interface Gathered {
  readonly start: Start;
  readonly values: ReadonlyMap<string, Found>;
  readonly ambient: ReadonlyMap<string, Found>;
  /** Whose state of each ambient slot. */
  readonly loads: ReadonlyMap<string, string>;
}

export interface Judgement {
  /** Why the run has to stop; null when it may go on. */
  readonly reason: Reason | null;
  /** What later steps take from elsewhere than was planned. */
  readonly changes: readonly PlanChange[];
}

/** What a run knows of its nodes: what each started from, what it left, and whose values later ones take. */
export class Knowledge {
  readonly #seen = new Map<string, Seen>();
  readonly #results = new Map<string, Result>();
  /** Inputs whose source changed under way, and those that were found missing: node → name → source. */
  readonly #rebound = new Map<string, Map<string, string>>();
  /** Unforeseen changes of ambient state that have been told: `slot@step`. */
  readonly #told = new Set<string>();
  /** Reports of attempts, those among them that asked for more names. */
  readonly #observed: Observed[] = [];
  readonly #failed: Seen[] = [];
  #clock = 0;

  constructor(
    private readonly run: RunFile,
    private readonly plan: Plan
  ) {}

  get seen(): ReadonlyMap<string, Seen> {
    return this.#seen;
  }

  /** What each node left, of those that have finished. */
  reports(): ReadonlyMap<string, Report> {
    return new Map([...this.#results].map(([name, { report }]) => [name, report]));
  }

  /** What attempts were seen to do, for the evidence. */
  get observed(): readonly Observed[] {
    return this.#observed;
  }

  observe(node: Step, report: Report): void {
    this.#observed.push({ node, report });
  }

  /** Steps that may have bound an input, latest first. */
  #sources(node: Step, name: string): readonly Step[] {
    const rebound = this.#rebound.get(node.name)?.get(name);
    const names = [
      ...node.inputs.filter(input => input.name === name).map(input => input.from),
      ...(rebound === undefined ? [] : [rebound])
    ];
    return [...new Set(names)]
      .map(from => this.plan.byName.get(from)!)
      .sort((a, b) => this.plan.order.get(b.name)! - this.plan.order.get(a.name)!);
  }

  #inputNames(node: Step): readonly string[] {
    return [...new Set([...node.inputs.map(input => input.name), ...(this.#rebound.get(node.name)?.keys() ?? [])])];
  }

  gather(node: Step): Gathered {
    const resultOf = (name: string) => this.#results.get(name);
    const values = new Map<string, Found>();
    for (const name of this.#inputNames(node)) {
      const found = findValue(name, this.#sources(node, name), resultOf);
      if (found) values.set(name, found);
    }
    const planned = new Map(node.ambient.loads.map(load => [load.slot, load.from]));
    const loads = loadsFor(this.#seen, this.plan.order.get(node.name)!, planned);
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
      parameters: parametersOf(this.run, node),
      futures: futuresFor(this.run, node)
    };
    return { start, values, ambient, loads };
  }

  /** Where the latest step before `reader` left a file that it wrote. */
  writtenInRun(path: string, reader: Step): string | null {
    const place = this.plan.order.get(reader.name)!;
    for (const node of this.plan.nodes.slice(0, place).reverse()) {
      const result = this.#results.get(node.name);
      if (!result) continue;
      const kept = keptFiles(result);
      if (kept.written.includes(path)) return join(kept.folder, path);
      if (kept.removed.includes(path)) return join(kept.folder, '.removed', path);
    }
    return null;
  }

  /** Names that steps before `reader` added to a folder (ending in a slash), by what they wrote there. */
  addedInRun(folder: string, reader: Step): readonly string[] {
    const within = folder === './' || folder === '/' ? '' : folder;
    return this.plan.nodes
      .slice(0, this.plan.order.get(reader.name)!)
      .flatMap(node => {
        const result = this.#results.get(node.name);
        return result ? keptFiles(result).written : [];
      })
      .filter(path => path.startsWith(within))
      .map(path => path.slice(within.length).split('/')[0]!);
  }

  /** A node starts from this. */
  enter(node: Step, { loads, values }: Pick<Gathered, 'loads' | 'values'>): void {
    this.#seen.set(node.name, {
      node,
      place: this.plan.order.get(node.name)!,
      started: ++this.#clock,
      finished: null,
      report: null,
      loads,
      sources: new Map([...values].map(([name, { from }]) => [name, from]))
    });
  }

  /** Files that only a comparison of the folder shows, and that a step beside `node` is known to change. */
  othersFiles(node: Step, report: Report): ReadonlySet<string> {
    return othersFiles(this.#seen, { ...this.#seen.get(node.name)!, report });
  }

  /** A node has failed, having done this. */
  fail(node: Step, report: Report): void {
    this.#failed.push({ ...this.#seen.get(node.name)!, finished: ++this.#clock, report });
    this.observe(node, report);
  }

  /** Why a node may have failed where the notebook does not: it used a file at the same time as another. */
  whyFailed(): Reason | null {
    for (const failed of this.#failed) {
      const reason = this.#checkFiles(failed);
      if (reason !== null) return reason;
    }
    return null;
  }

  #checkFiles(step: Seen): Reason | null {
    return checkFiles(this.#seen, step, path => existsSync(join(this.run.notebook.folder, path)));
  }

  /** An earlier result stands for a node that does not run; says as `leave` does what that means for later ones. */
  takeEarlier(node: Step, result: Result): Judgement {
    const loads = new Map(node.ambient.loads.map(load => [load.slot, load.from]));
    this.enter(node, { loads, values: new Map() });
    return this.leave(node, result);
  }

  /** A node has left this; says whether the run may go on. */
  leave(node: Step, result: Result): Judgement {
    const just: Seen = { ...this.#seen.get(node.name)!, finished: ++this.#clock, report: result.report };
    this.#seen.set(node.name, just);
    this.#results.set(node.name, result);
    this.observe(node, result.report);
    for (const [name, kept] of this.#results) {
      // What an earlier run left is not to be judged by what runs beside it now.
      if (!kept.execution.startsWith(`${this.run.id}/`)) continue;
      const others = othersFiles(this.#seen, this.#seen.get(name)!);
      if (others.size > 0) disownFiles(kept, others);
    }
    const pending = this.#pending();
    const inputs = checkInputs(this.#seen, pending, just);
    const reason =
      checkAmbient(this.#seen, just) ??
      this.#checkFiles(just) ??
      checkDisplays(this.#seen, just) ??
      inputs.reason ??
      checkDefinitions([...pending, ...this.#startedAfter(just)], just);
    if (reason !== null) return { reason, changes: [] };
    const changes = inputs.rebindings.map(({ name, to, from }): PlanChange => {
      this.rebind(to, name, from);
      return {
        from,
        to,
        names: [name],
        kind: 'value',
        message: `step ${from} changed ${name}, which the plan did not foresee; step ${to} takes it from there`
      };
    });
    return { reason: null, changes: [...this.unplannedLoads(node, just.loads, result.report), ...changes] };
  }

  rebind(to: string, name: string, from: string): void {
    const names = this.#rebound.get(to) ?? new Map<string, string>();
    this.#rebound.set(to, names.set(name, from));
  }

  /**
   * Changes of ambient state that the plan did not foresee and that `node` takes over, each told once in the run. A
   * generator's state goes to every later step; it is worth telling only where it is used: foreseen, or as `report` says.
   */
  unplannedLoads(node: Step, loads: ReadonlyMap<string, string>, report?: Report): readonly PlanChange[] {
    const uses = (slot: string) =>
      !generators.has(slot) ||
      (node.ambient.changes.includes(slot) && !node.ambient.sets.includes(slot)) ||
      (report?.ambient.changed.some(change => change.slot === slot) ?? false);
    const unplanned = [...loads].filter(
      ([slot, from]) =>
        uses(slot) &&
        !node.ambient.loads.some(load => load.slot === slot && load.from === from) &&
        !this.plan.byName.get(from)?.ambient.changes.includes(slot) &&
        !this.#told.has(`${slot}@${from}`)
    );
    return unplanned.map(([slot, from]) => {
      this.#told.add(`${slot}@${from}`);
      return {
        from,
        to: node.name,
        names: [slot],
        kind: 'ambient',
        message: `step ${from} changed ${slot}, which the plan did not foresee; step ${node.name} starts from that state`
      };
    });
  }

  #asPending(node: Step): Pending {
    const sources = new Map(this.#inputNames(node).map(name => [name, this.#sources(node, name)[0]?.name ?? '']));
    return {
      name: node.name,
      place: this.plan.order.get(node.name)!,
      sources,
      replays: new Set(node.replay.flatMap(piece => piece.names))
    };
  }

  #pending(): readonly Pending[] {
    return this.plan.nodes.filter(node => !this.#seen.has(node.name)).map(node => this.#asPending(node));
  }

  #startedAfter(just: Seen): readonly Pending[] {
    return [...this.#seen.values()].filter(step => step.place > just.place).map(step => this.#asPending(step.node));
  }
}
