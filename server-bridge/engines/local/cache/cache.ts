import { isAbsolute, join } from 'node:path';
import type { Json, Step } from '@cellway/core/api';
import type { CacheAnswer } from '../../../runs/event';
import type { CacheEntry, Owner, Store } from '../../../store';
import { generators } from '../checks';
import { readResult, type Result } from '../results';
import { fileDigest, listingDigest } from './digest';
import { explain } from './explain';
import type { InterpreterFacts } from './facts';
import { codeDigest, componentsOf, keyOf } from './key';
import { obstacles, plannedObstacles } from './rules';

/** What a step starts from. Executions are those of the producers. */
export interface Start {
  readonly node: Step;
  readonly inputs: ReadonlyMap<string, { readonly from: string; readonly execution: string }>;
  /** Of the slots that the plan has it load. */
  readonly ambient: ReadonlyMap<string, { readonly from: string; readonly execution: string }>;
  /** Of all slots that it does load. */
  readonly loads: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly futures: readonly string[];
}

export type Lookup = { readonly answer: CacheAnswer; readonly result: Result | null };

/** What steps before a reader did to files in this run. */
export interface EarlierFiles {
  /** Where the latest of them left a file, null when none touched it. */
  readonly left: (path: string, reader: Step) => string | null;
  /** Names that they added to a folder (`data/`). */
  readonly added: (folder: string, reader: Step) => readonly string[];
}

interface Settings {
  readonly store: Store;
  readonly owner: Owner;
  /** Path of the notebook; entries are explained against its own. */
  readonly notebook: string;
  readonly folder: string;
  readonly interpreter: () => Promise<InterpreterFacts>;
  readonly environment: Readonly<Record<string, string>>;
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly sourceOf: (cell: string) => string;
  readonly earlierFiles: EarlierFiles;
  readonly build: string;
}

/** What has become of a file (or, ending in a slash, of a folder's list of names). */
export function fileChange(path: string, before: string, now: string): string {
  const what = path.endsWith('/') ? `folder ${path}` : `file ${path}`;
  return `${what} ${now === '-' ? 'is gone' : before === '-' ? 'is there now' : 'changed'}`;
}

const miss = (...why: string[]): Lookup => ({ answer: { hit: false, why }, result: null });

/** Results of earlier executions, by all that they depend on. */
export class Cache {
  constructor(private readonly settings: Settings) {}

  /** The result that stands for running the step now, or why there is none. */
  async lookup(start: Start): Promise<Lookup> {
    const { store, owner, notebook } = this.settings;
    const { node } = start;
    const planned = plannedObstacles(node);
    if (planned.length > 0) return miss(...planned.map(reason => `not cached: ${reason}`));
    const latest = store.latestEntry(owner, notebook, node.name);
    // Nothing to ask the interpreter about yet.
    if (latest === null) return miss('first run');
    const components = await this.#components(start);
    const entries = store.cacheEntries(owner, keyOf(components));
    // Why the newest does not do is what the user wants to know.
    let why: readonly string[] | null = null;
    for (const entry of entries) {
      const result = entry.reusable ? readResult(entry.folder, entry.execution) : null;
      const against = await this.#against(start, entry, result);
      if (result !== null && against.length === 0)
        return { answer: { hit: true, why: ['nothing that it depends on changed'] }, result };
      why ??= against;
    }
    if (why !== null) return miss(...why);
    const from = (kind: 'input' | 'ambient', name: string) =>
      (kind === 'input' ? start.inputs : start.ambient).get(name)?.from;
    return miss(...explain(node, latest.components, components, from));
  }

  /** What speaks against an entry of the same key; never empty without a result. */
  async #against(start: Start, entry: CacheEntry, result: Result | null): Promise<readonly string[]> {
    if (!entry.reusable) return entry.why.map(reason => `not cached: ${reason}`);
    const differences = await this.#differences(start, entry);
    if (differences.length > 0) return differences;
    if (result === null) return ['result was removed'];
    const has = new Set([...result.report.artifacts.flatMap(artifact => artifact.names), ...result.report.unbound]);
    return start.node.outputs.filter(name => !has.has(name)).map(name => `\`${name}\` is wanted now and was not kept`);
  }

  /** Keeps a result for later runs; one that may not stand for another is kept too, for `--only` and `--from`. */
  async keep(start: Start, result: Result): Promise<void> {
    const { store, owner, notebook, sourceOf } = this.settings;
    const components = await this.#components(start);
    const why = obstacles(start.node, result.report, start.loads);
    const entry: CacheEntry = {
      ...owner,
      key: keyOf(components),
      execution: result.execution,
      notebook,
      step: start.node.name,
      code: codeDigest(start.node, sourceOf),
      components,
      checks: await this.#checks(start, result),
      reusable: why.length === 0,
      why,
      folder: result.folder,
      created: Date.now() / 1000
    };
    store.addCacheEntry(entry);
  }

  async #components(start: Start): Promise<Readonly<Record<string, string>>> {
    const { environment, surroundings, sourceOf, interpreter, build } = this.settings;
    const executions = (from: Start['inputs']) => new Map([...from].map(([name, { execution }]) => [name, execution]));
    return componentsOf({
      node: start.node,
      sourceOf,
      inputs: executions(start.inputs),
      ambient: executions(start.ambient),
      parameters: start.parameters,
      interpreter: await interpreter(),
      environment,
      surroundings,
      futures: start.futures,
      build
    });
  }

  async #digest(path: string, reader: Step): Promise<string> {
    const { store, folder, earlierFiles } = this.settings;
    if (isAbsolute(path)) return fileDigest(store, path);
    if (path.endsWith('/')) return listingDigest(join(folder, path), earlierFiles.added(path, reader));
    return fileDigest(store, earlierFiles.left(path, reader) ?? join(folder, path));
  }

  async #checks(start: Start, result: Result): Promise<Readonly<Record<string, string>>> {
    const checks: Record<string, string> = {};
    const { report } = result;
    for (const path of new Set([...report.files.read.map(use => use.path), ...report.local_modules]))
      checks[`file:${path}`] = await this.#digest(path, start.node);
    for (const { slot } of report.ambient.changed)
      if (generators.has(slot)) checks[`ambient:${slot}`] = start.loads.get(slot) ?? '-';
    return checks;
  }

  async #differences(start: Start, entry: CacheEntry): Promise<readonly string[]> {
    const why: string[] = [];
    for (const [name, before] of Object.entries(entry.checks)) {
      const kind = name.slice(0, name.indexOf(':'));
      const what = name.slice(kind.length + 1);
      if (kind === 'file') {
        const now = await this.#digest(what, start.node);
        if (now !== before) why.push(fileChange(what, before, now));
      } else if ((start.loads.get(what) ?? '-') !== before && !start.node.ambient.sets.includes(what))
        why.push(`the state of ${what} changed`);
    }
    return why;
  }
}
