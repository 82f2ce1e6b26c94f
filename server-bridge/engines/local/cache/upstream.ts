import { isAbsolute, join } from 'node:path';
import type { Json, Step } from '@cellway/core/api';
import type { CacheEntry, Owner, Store } from '../../../store';
import { readResult } from '../whole';
import { fileChange } from './cache';
import { fileDigest } from './digest';
import { explain, textsOf } from './explain';
import type { InterpreterFacts } from './facts';
import { codeDigest, componentsOf } from './key';

/** How many earlier executions of a step are looked at. */
const MOST = 50;

interface Settings {
  readonly store: Store;
  readonly owner: Owner;
  readonly notebook: { readonly path: string; readonly folder: string };
  /** All nodes in notebook order. */
  readonly nodes: readonly Step[];
  readonly sourceOf: (cell: string) => string;
  readonly parametersOf: (node: Step) => Readonly<Record<string, Json>>;
  readonly futuresOf: (node: Step) => readonly string[];
  readonly interpreter: InterpreterFacts;
  readonly environment: Readonly<Record<string, string>>;
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly build: string;
}

export interface Missing {
  readonly step: string;
  readonly why: readonly string[];
}

export interface Upstream {
  readonly found: ReadonlyMap<string, CacheEntry>;
  readonly missing: readonly Missing[];
}

/** The execution that each step's taken values come from: one and the same for all who take them. */
type Pins = ReadonlyMap<string, string>;

/**
 * Earlier results that stand for the steps that `--only` and `--from` do not run: the newest whose code, parameters,
 * files, packages and interpreter are what they are now, and all of whose producers were so too. Unlike the cache it
 * takes results that may not stand for a new execution (a clock was read), since it says that it does not run them.
 */
export class UpstreamSearch {
  readonly #nodes: ReadonlyMap<string, Step>;

  constructor(private readonly settings: Settings) {
    this.#nodes = new Map(settings.nodes.map(node => [node.name, node]));
  }

  /** `taken` in notebook order. The latest step chooses first: its producers must be those that it was made from. */
  async find(taken: readonly string[]): Promise<Upstream> {
    const found = new Map<string, CacheEntry>();
    const missing: Missing[] = [];
    let pins: Pins = new Map();
    for (const name of [...taken].reverse()) {
      const chosen = await this.#choose(this.#nodes.get(name)!, pins);
      if (chosen.entry === null) missing.unshift({ step: name, why: chosen.why });
      else {
        found.set(name, chosen.entry);
        pins = chosen.pins;
      }
    }
    return { found, missing };
  }

  async #choose(
    node: Step,
    pins: Pins
  ): Promise<
    { readonly entry: CacheEntry; readonly pins: Pins } | { readonly entry: null; readonly why: readonly string[] }
  > {
    // Why the newest does not do; older ones differ by more.
    let why: readonly string[] | null = null;
    for (const entry of this.#entries(node, MOST)) {
      const mine = new Map(pins);
      const reasons = await this.#differences(node, entry, mine);
      if (reasons.length === 0 && readResult(entry.folder, entry.execution)) return { entry, pins: mine };
      why ??= reasons.length > 0 ? reasons : ['its result was removed'];
    }
    return { entry: null, why: why ?? ['it never ran to its end'] };
  }

  /** Of the notebook's own step; else, of the same code in another one (a copy of it, or it was renamed). */
  #entries(node: Step, limit: number): readonly CacheEntry[] {
    const { store, owner, notebook, sourceOf } = this.settings;
    const own = store.cache.ofStep(owner, notebook.path, node.name, limit);
    return own.length > 0 ? own : store.cache.ofCode(owner, codeDigest(node, sourceOf), limit);
  }

  /** Why an execution is not what running the node now would give; empty when it is. Adds to `pins` what it stands on. */
  async #differences(node: Step, entry: CacheEntry, pins: Map<string, string>): Promise<readonly string[]> {
    const pinned = pins.get(node.name);
    if (pinned !== undefined)
      return pinned === entry.execution ? [] : [`step ${node.name} has run again since a later step took from it`];
    pins.set(node.name, entry.execution);
    const own = await this.#ownDifferences(node, entry);
    if (own.length > 0) return own;
    for (const [component, execution] of Object.entries(entry.components)) {
      const [kind, name] = [component.slice(0, component.indexOf(':')), component.slice(component.indexOf(':') + 1)];
      if (kind !== 'input' && kind !== 'ambient') continue;
      const why = await this.#producerDifferences(execution, pins);
      if (why.length > 0) return [`${kind === 'input' ? 'input' : 'the state of'} \`${name}\`: ${why.join(', ')}`];
    }
    return [];
  }

  async #producerDifferences(execution: string, pins: Map<string, string>): Promise<readonly string[]> {
    const producer = this.settings.store.cache.of(execution);
    if (producer === null) return ['nothing is known of what made it'];
    const node = this.#nodes.get(producer.step);
    if (!node) return [`there is no step ${producer.step} any more`];
    const why = await this.#differences(node, producer, pins);
    return why.map(reason => (reason.startsWith('step ') ? reason : `step ${node.name}: ${reason}`));
  }

  /** All but producers. */
  async #ownDifferences(node: Step, entry: CacheEntry): Promise<readonly string[]> {
    const { sourceOf, parametersOf, futuresOf, interpreter, environment, surroundings, build, notebook, store } =
      this.settings;
    const now = componentsOf({
      node,
      sourceOf,
      inputs: new Map(),
      ambient: new Map(),
      parameters: parametersOf(node),
      interpreter,
      environment,
      surroundings,
      futures: futuresOf(node),
      build
    });
    const produced = (name: string) => name.startsWith('input:') || name.startsWith('ambient:');
    const before = Object.fromEntries(Object.entries(entry.components).filter(([name]) => !produced(name)));
    const why = [...textsOf(explain(node, before, now, () => undefined))];
    const kept = readResult(entry.folder, entry.execution);
    const has = kept && new Set([...kept.report.artifacts.flatMap(one => one.names), ...kept.report.unbound]);
    for (const name of has ? node.outputs.filter(one => !has.has(one)) : [])
      why.push(`\`${name}\` is wanted now and was not kept`);
    for (const [check, digest] of Object.entries(entry.checks)) {
      if (!check.startsWith('file:')) continue;
      const path = check.slice('file:'.length);
      if (this.#writtenBefore(node, path)) continue;
      const current = await fileDigest(store, isAbsolute(path) ? path : join(notebook.folder, path));
      if (current !== digest) why.push(fileChange(path, digest, current));
    }
    return why;
  }

  /** A file that an earlier step writes is that step's matter: it is not in the notebook's folder, or older there. */
  #writtenBefore(node: Step, path: string): boolean {
    const { nodes } = this.settings;
    return nodes
      .slice(0, nodes.indexOf(node))
      .some(
        earlier =>
          earlier.files.writes.includes(path) ||
          this.#entries(earlier, 1).some(entry =>
            readResult(entry.folder, entry.execution)?.report.files.written.some(use => use.path === path)
          )
      );
  }
}
