import { isAbsolute, join } from 'node:path';
import type { Json, Step } from '@cellway/core/api';
import type { CacheAnswer } from '../../../runs/event';
import { paths, writeAtomically } from '../../../runs/folder';
import type { CacheEntry, Owner, Store } from '../../../store';
import { generators } from '../checks';
import type { Result } from '../results';
import { type Inspected, inspectResult, isWhole } from '../whole';
import { fileDigest, listingDigest } from './digest';
import { type Difference, explain, textsOf } from './explain';
import type { InterpreterFacts } from './facts';
import { codeDigest, type Components, componentsOf, keyOf } from './key';
import { obstacles, plannedObstacles } from './rules';
import { bytesOf } from './size';

/** How many entries of the same code are looked at before it counts as undecided. */
const MOST = 200;

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

export type Lookup = { readonly answer: CacheAnswer } & (
  | { readonly result: Result; readonly entry: CacheEntry }
  | {
      readonly result: null;
      /** What `answer` says in words. */
      readonly why: readonly Difference[];
      /** The earlier execution that it is explained against. */
      readonly entry: CacheEntry | null;
    }
);

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

function miss(entry: CacheEntry | null, why: readonly Difference[]): Lookup {
  return { answer: { hit: false, why: textsOf(why) }, result: null, why, entry };
}

/** Why a step is not looked up at all; empty when it is. Nothing of it asks the interpreter. */
function outrightMiss(node: Step, latest: CacheEntry | null): readonly Difference[] {
  const planned = plannedObstacles(node);
  if (planned.length > 0) return told('planned', ...planned.map(reason => `not cached: ${reason}`));
  return latest === null ? told('first', 'first run') : [];
}

/** Whose value or state each input is. */
function sourcesOf(start: Start) {
  return (kind: 'input' | 'ambient', name: string): string | undefined =>
    (kind === 'input' ? start.inputs : start.ambient).get(name)?.from;
}

/** Of what is told of an entry as a whole. */
const told = (name: string, ...texts: readonly string[]): readonly Difference[] => texts.map(text => ({ name, text }));

/**
 * Results of earlier executions, by all that they depend on; all notebooks of an owner share them. A miss is explained
 * against the notebook's own latest execution of the step, else against the latest of the same code anywhere.
 */
export class Cache {
  constructor(private readonly settings: Settings) {}

  /** The result that stands for running the step now, or why there is none. */
  async lookup(start: Start): Promise<Lookup> {
    const { store, owner } = this.settings;
    const { node } = start;
    const latest = this.#latest(node);
    const outright = outrightMiss(node, latest);
    if (latest === null || outright.length > 0) return miss(latest, outright);
    const components = await this.#components(start);
    // Why the newest does not do is what the user wants to know.
    let why: { readonly entry: CacheEntry; readonly differences: readonly Difference[] } | null = null;
    for (const entry of store.cache.ofKey(owner, keyOf(components))) {
      const found: Inspected = entry.reusable
        ? inspectResult(entry.folder, entry.execution)
        : { damage: 'it may not stand for another execution' };
      const differences = await this.#against(start, entry, found);
      if (isWhole(found) && differences.length === 0)
        return { answer: { hit: true, why: ['nothing that it depends on changed'] }, result: found, entry };
      why ??= { entry, differences };
    }
    if (why !== null) return miss(why.entry, why.differences);
    return miss(latest, explain(node, latest.components, components, sourcesOf(start)));
  }

  /**
   * Why a step will run whatever steps before it, which have not run yet, will leave; null when that decides. `open`:
   * whether they have a say in a component (`input:df`).
   */
  async foresee(start: Start, open: (component: string) => boolean): Promise<Lookup | null> {
    const { store, owner, sourceOf } = this.settings;
    const { node } = start;
    const latest = this.#latest(node);
    const outright = outrightMiss(node, latest);
    if (latest === null || outright.length > 0) return miss(latest, outright);
    const settled = (all: Components) => Object.fromEntries(Object.entries(all).filter(([name]) => !open(name)));
    const now = settled(await this.#components(start));
    const against = (entry: CacheEntry) => explain(node, settled(entry.components), now, sourcesOf(start));
    // Whatever the key will be, only entries of the same code can have it.
    const candidates = store.cache.ofCode(owner, codeDigest(node, sourceOf), MOST);
    if (candidates.length === MOST || candidates.some(entry => against(entry).length === 0)) return null;
    return miss(latest, against(latest));
  }

  /** The execution that a miss is explained against. */
  #latest(node: Step): CacheEntry | null {
    const { store, owner, notebook, sourceOf } = this.settings;
    return (
      store.cache.ofStep(owner, notebook, node.name, 1)[0] ??
      store.cache.ofCode(owner, codeDigest(node, sourceOf), 1)[0] ??
      null
    );
  }

  /** Says that a result stands for a step now; false when it has been forgotten since it was found. */
  use(result: Result): boolean {
    return this.settings.store.cache.use(result.execution, Date.now() / 1000);
  }

  /** What speaks against an entry of the same key; never empty without a result. */
  async #against(start: Start, entry: CacheEntry, found: Inspected): Promise<readonly Difference[]> {
    if (!entry.reusable) return told('entry', ...entry.why.map(reason => `not cached: ${reason}`));
    const differences = await this.#differences(start, entry);
    if (differences.length > 0) return differences;
    if (!isWhole(found)) return told('result', found.damage);
    const { artifacts, unbound } = found.report;
    const has = new Set([...artifacts.flatMap(artifact => artifact.names), ...unbound]);
    const lacking = start.node.outputs.filter(name => !has.has(name));
    return told('outputs', ...lacking.map(name => `\`${name}\` is wanted now and was not kept`));
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
      created: Date.now() / 1000,
      bytes: await bytesOf(result.folder)
    };
    writeAtomically(paths.cacheEntry(entry.folder), JSON.stringify(entry));
    store.cache.add(entry);
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

  async #differences(start: Start, entry: CacheEntry): Promise<readonly Difference[]> {
    const why: Difference[] = [];
    for (const [name, before] of Object.entries(entry.checks)) {
      const kind = name.slice(0, name.indexOf(':'));
      const what = name.slice(kind.length + 1);
      if (kind === 'file') {
        const now = await this.#digest(what, start.node);
        if (now !== before) why.push({ name, text: fileChange(what, before, now) });
      } else if ((start.loads.get(what) ?? '-') !== before && !start.node.ambient.sets.includes(what))
        why.push({ name, text: `the state of ${what} changed` });
    }
    return why;
  }
}
