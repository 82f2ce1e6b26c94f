import type { Step } from '@cellway/core/api';
import type { CacheAnswer } from '../../runs/event';
import type { Earlier, RunFile } from '../../runs/folder';
import { type Plan, planOf } from '../../runs/plan';
import type { Refusal } from '../../runs/refusal';
import type { Cache, EarlierFiles } from './cache';
import { type Gathered, Knowledge } from './knowledge';
import { type Phase, readiness } from './readiness';
import type { Result } from './results';
import { upstreamGone } from './upstream-gone';
import { inspectResult, isWhole } from './whole';

/** What would become of a node if the run were started now. `waits`: the nearest steps before it that run first. */
export type Outlook =
  /** `only`, `from`, or what a resumed run has already. */
  | { readonly kind: 'taken'; readonly from: Earlier['from']; readonly execution: string }
  | { readonly kind: 'cached'; readonly answer: CacheAnswer; readonly execution: string }
  /** `answer` is null when the cache is not asked; `earlier`: the execution that it is explained against. */
  | {
      readonly kind: 'runs';
      readonly answer: CacheAnswer | null;
      readonly earlier: string | null;
      readonly waits: readonly string[];
    }
  /** It runs or not by what the steps in `waits` will leave. */
  | { readonly kind: 'depends'; readonly waits: readonly string[] }
  | { readonly kind: 'skipped'; readonly because: string };

export interface Forecast {
  readonly kind: 'forecast';
  /** In notebook order. */
  readonly nodes: readonly { readonly node: Step; readonly outlook: Outlook }[];
}

/**
 * What a run would take and what it would run, as its supervisor would decide at its start: by the same plan, knowledge
 * and cache. Nothing is started, claimed or written. Refused when the supervisor would refuse it before any step has run.
 */
export async function forecast(run: RunFile, cache: (files: EarlierFiles) => Cache): Promise<Forecast | Refusal> {
  const plan = planOf(run.pipeline);
  const known = new Knowledge(run, plan);
  const look = new Look(
    run,
    plan,
    known,
    cache({
      left: (path, reader) => known.writtenInRun(path, reader),
      added: (path, reader) => known.addedInRun(path, reader)
    })
  );
  const refusal = look.takeEarlier() ?? (await look.followHits());
  if (refusal !== null) return refusal;
  await look.judgeRest();
  return { kind: 'forecast', nodes: plan.nodes.map(node => ({ node, outlook: look.outlooks.get(node.name)! })) };
}

class Look {
  readonly outlooks = new Map<string, Outlook>();
  readonly #phases = new Map<string, Phase>();

  constructor(
    private readonly run: RunFile,
    private readonly plan: Plan,
    private readonly known: Knowledge,
    private readonly cache: Cache
  ) {}

  /** What the run takes without a look at the cache, and what it leaves out. */
  takeEarlier(): Refusal | null {
    const { run, plan, known } = this;
    for (const node of plan.nodes) {
      const earlier = run.earlier[node.name];
      if (earlier !== undefined) {
        const found = inspectResult(earlier.folder, earlier.execution);
        if (!isWhole(found)) return upstreamGone(node, found.damage);
        known.takeEarlier(node, found);
        this.#set(node, 'done', { kind: 'taken', from: earlier.from, execution: earlier.execution });
      } else if (!run.selected.includes(node.name))
        this.#set(node, 'skipped', { kind: 'skipped', because: 'not selected' });
      else this.#phases.set(node.name, 'pending');
    }
    return null;
  }

  /** Round after round: nodes whose producers are there are looked up, and what is found lets others be looked up. */
  async followHits(): Promise<Refusal | null> {
    for (;;) {
      const ready = this.#pending().filter(node => this.#readiness(node).kind === 'ready');
      if (ready.length === 0) return null;
      // All start from what is there now, as those do that a supervisor starts at the same moment.
      const starts = ready.map(node => ({ node, gathered: this.known.gather(node) }));
      const found = await Promise.all(starts.map(({ gathered }) => this.#lookup(gathered)));
      for (const [at, { node, gathered }] of starts.entries()) {
        const { outlook, result } = found[at]!;
        this.#set(node, result === null ? 'busy' : 'done', outlook);
        if (result === null) continue;
        this.known.enter(node, gathered);
        const { reason } = this.known.leave(node, result);
        if (reason !== null) return { kind: 'refused', reason };
      }
    }
  }

  /** Nodes behind one that runs. */
  async judgeRest(): Promise<void> {
    for (const node of this.#pending()) {
      const found = this.#readiness(node);
      if (found.kind === 'lost') {
        this.#set(node, 'skipped', { kind: 'skipped', because: found.because });
        continue;
      }
      const waits = this.#nearest(node);
      if (!this.run.options.cache) {
        this.#set(node, 'busy', { kind: 'runs', answer: null, earlier: null, waits });
        continue;
      }
      const certain = await this.cache.foresee(this.known.gather(node).start, this.#open(node));
      if (certain === null) this.outlooks.set(node.name, { kind: 'depends', waits });
      else
        this.#set(node, 'busy', {
          kind: 'runs',
          answer: certain.answer,
          earlier: certain.entry?.execution ?? null,
          waits
        });
    }
  }

  async #lookup({ start }: Gathered): Promise<{ readonly outlook: Outlook; readonly result: Result | null }> {
    const runs = { kind: 'runs', waits: [] } as const;
    if (!this.run.options.cache) return { outlook: { ...runs, answer: null, earlier: null }, result: null };
    const { answer, entry, result } = await this.cache.lookup(start);
    return result === null
      ? { outlook: { ...runs, answer, earlier: entry?.execution ?? null }, result }
      : { outlook: { kind: 'cached', answer, execution: entry.execution }, result };
  }

  /** Components that steps which have not run yet have a say in. */
  #open(node: Step): (component: string) => boolean {
    const undone = ({ from }: { readonly from: string }) => this.#phases.get(from) !== 'done';
    const names = new Set([
      ...node.inputs.filter(undone).map(input => `input:${input.name}`),
      ...node.ambient.loads.filter(undone).map(load => `ambient:${load.slot}`)
    ]);
    return component => names.has(component);
  }

  /** Steps that run, next before a node. */
  #nearest(node: Step): readonly string[] {
    const found = new Set<string>();
    const open = [...(this.plan.after.get(node.name) ?? [])];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const phase = this.#phases.get(name);
      if (phase === 'busy') found.add(name);
      else if (phase === 'pending') open.push(...(this.plan.after.get(name) ?? []));
    }
    // What another one of them waits for goes without saying.
    for (const name of [...found]) for (const before of this.plan.after.get(name) ?? []) found.delete(before);
    return [...found].sort((a, b) => this.plan.order.get(a)! - this.plan.order.get(b)!);
  }

  #pending(): readonly Step[] {
    return this.plan.nodes.filter(node => this.#phases.get(node.name) === 'pending');
  }

  #readiness(node: Step) {
    return readiness(this.plan, node.name, name => this.#phases.get(name));
  }

  #set(node: Step, phase: Phase, outlook: Outlook): void {
    this.#phases.set(node.name, phase);
    this.outlooks.set(node.name, outlook);
  }
}
