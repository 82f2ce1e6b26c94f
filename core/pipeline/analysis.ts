import { Rerun } from '../dataflow';
import { digest, type NotebookCell, readTags } from '../notebook';
import { type Module, parseCell } from '../python';
import { canonical } from './canonical';
import type { PipelineContext } from './context';
import type { Entry } from './pieces';

/** A code cell as it was read, with the `__future__` features in force before it. */
interface Known {
  readonly entry: Entry;
  readonly before: ReadonlySet<string>;
}

/**
 * Remembers what the last derivation found, so that after an edit one cell is parsed and only what that concerns is
 * worked out again. Held by the caller from one derivation to the next; the result is that of one from nothing. It
 * keeps what the last derivation used.
 */
export class Analysis {
  private last: Known[] = [];
  private now: Known[] = [];
  /** Trees of the last derivation by text, made when a cell is not where it was. */
  private trees: Map<string, Module[]> | null = null;
  /** Once a cell is not where it was: trees that have a cell already. */
  private readonly taken = new Set<Module>();
  private readonly environments = new WeakMap<PipelineContext, string>();
  private readonly reruns = new Map<string, Rerun>();
  private digests = new Map<string, string>();
  private usedDigests = new Map<string, string>();

  /** The next code cell; the very same entry as the last time where nothing about it has changed. */
  entry(source: NotebookCell, before: ReadonlySet<string>): Entry {
    const last = this.last[this.now.length];
    const same =
      last !== undefined &&
      sameSet(last.before, before) &&
      sameCell(last.entry.source, source) &&
      !(last.entry.cell !== null && this.taken.has(last.entry.cell.module));
    // A cell in its old place with another text was edited there: its tree is no other cell's.
    const inPlace =
      last !== undefined && last.entry.source.id === source.id && last.entry.source.source !== source.source;
    const known = same ? last : { entry: this.read(source, before, inPlace), before };
    this.now.push(known);
    if (this.trees !== null && known.entry.cell !== null) this.taken.add(known.entry.cell.module);
    return known.entry;
  }

  private read(source: NotebookCell, before: ReadonlySet<string>, edited: boolean): Entry {
    const tags = readTags(source);
    if (tags.role.kind === 'skip') return { source, tags, cell: null };
    const module = edited ? parseCell(source.source, { futures: [...before] }) : this.parse(source.source, before);
    const { index, id } = source;
    const futures = module.futures.some(f => !before.has(f)) ? new Set([...before, ...module.futures]) : before;
    const parameters = tags.role.kind === 'parameters';
    return { source, tags, cell: { ref: { index, id }, source: source.source, module, futures, parameters } };
  }

  /** Cells of equal text have trees of their own: by its node a function is known. */
  private parse(source: string, futures: ReadonlySet<string>): Module {
    if (this.trees === null) {
      this.trees = new Map();
      for (const { entry, before } of this.last) {
        if (entry.cell === null) continue;
        const key = treeKey(entry.source.source, before);
        const others = this.trees.get(key);
        if (others === undefined) this.trees.set(key, [entry.cell.module]);
        else others.push(entry.cell.module);
      }
      for (const { entry } of this.now) if (entry.cell !== null) this.taken.add(entry.cell.module);
    }
    const known = this.trees.get(treeKey(source, futures))?.find(module => !this.taken.has(module));
    if (known !== undefined) this.taken.add(known);
    return known ?? parseCell(source, { futures: [...futures] });
  }

  /** What is kept of the dataflow that is asked for this purpose. */
  rerun(purpose: 'proposal' | 'joining' | 'steps'): Rerun {
    let known = this.reruns.get(purpose);
    if (known === undefined) this.reruns.set(purpose, (known = new Rerun()));
    return known;
  }

  /** One text for contexts that say the same. */
  environment(context: PipelineContext): string {
    let known = this.environments.get(context);
    if (known === undefined) this.environments.set(context, (known = canonical(context)));
    return known;
  }

  /** The digest of a text, which is made once as long as each derivation asks for it. */
  digest(text: string): string {
    const known = this.usedDigests.get(text) ?? this.digests.get(text) ?? digest(text);
    this.usedDigests.set(text, known);
    return known;
  }

  /** A derivation begins: what the last one did not use is forgotten. */
  begin(): void {
    this.last = this.now;
    this.now = [];
    this.trees = null;
    this.taken.clear();
    this.digests = this.usedDigests;
    this.usedDigests = new Map();
  }
}

function treeKey(source: string, futures: ReadonlySet<string>): string {
  return futures.size === 0 ? source : `${[...futures].sort().join(',')}\0${source}`;
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a === b || (a.size === b.size && [...a].every(x => b.has(x)));
}

function sameCell(a: NotebookCell, b: NotebookCell): boolean {
  return (
    a.source === b.source &&
    a.id === b.id &&
    a.index === b.index &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, i) => tag === b.tags[i]) &&
    (a.settings === b.settings || canonical(a.settings) === canonical(b.settings))
  );
}
