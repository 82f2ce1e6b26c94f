/**
 * Files are shared by the steps of a run: each pair of uses of one path, at least one of them a write, is ordered. A path
 * that ends in a slash is a folder: its list of names and what lies in it.
 */
import type { Facts, Place } from './facts';
import type { Machine } from './machine';

export interface FileFlow {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  /** It rests on a use of which the path is not known. */
  readonly possible: boolean;
  readonly written: Place;
  readonly read: Place;
}

export interface Files {
  readonly flows: readonly FileFlow[];
  readonly of: (block: number) => { readonly reads: readonly string[]; readonly writes: readonly string[] };
}

/** Stands for every path: another program's, or code's that is not followed. Nobody sees what it reads when it runs. */
export const ANYWHERE = '*';

/**
 * A path that only the run knows. It sees the file then and stops on a conflict, so only a list of names, which would be
 * short without an error, waits for such a write, and a list of an unknown folder for every write.
 */
export const SOMEWHERE = '?';

interface Use {
  readonly path: string;
  readonly write: boolean;
  readonly block: number;
  readonly at: Place;
  /** Place in the order of all uses. */
  readonly order: number;
}

interface Known {
  writer: Use | null;
  readers: Use[];
}

function isFolder(path: string): boolean {
  return path.endsWith('/');
}

/** Whether a use of the folder (or of any path) meets one of `path`. */
function covers(wide: string, path: string): boolean {
  if (wide === ANYWHERE || path === ANYWHERE) return true;
  if (wide === SOMEWHERE || path === SOMEWHERE)
    return wide === SOMEWHERE ? isFolder(path) || path === SOMEWHERE : isFolder(wide);
  return wide === './'
    ? !path.startsWith('/') && !path.startsWith('../')
    : `${path}/`.startsWith(wide) || (isFolder(path) && wide.startsWith(path));
}

/** Walks the uses in the notebook's order and notes which earlier ones each has to wait for. */
class Walk {
  readonly flows: FileFlow[] = [];
  readonly #exact = new Map<string, Known>();
  /** Uses of folders and of unknown paths; before the last write of any path none matters any more. */
  #wide: Use[] = [];

  take(use: Use): void {
    if (isFolder(use.path) || use.path === ANYWHERE || use.path === SOMEWHERE) this.#takeWide(use);
    else this.#takeExact(use);
  }

  #takeExact(use: Use): void {
    const known = this.#exact.get(use.path) ?? { writer: null, readers: [] };
    this.#exact.set(use.path, known);
    if (known.writer !== null) this.#order(known.writer, use);
    if (use.write) for (const reader of known.readers) this.#order(reader, use);
    const since = known.writer?.order ?? -1;
    for (const wide of this.#wide) {
      if (wide.order < since || wide.path === SOMEWHERE || !covers(wide.path, use.path)) continue;
      if (wide.write || use.write) this.#order(wide, use);
    }
    if (use.write) {
      known.writer = use;
      known.readers = [];
    } else known.readers.push(use);
  }

  #takeWide(use: Use): void {
    const { path, write } = use;
    for (const [exact, { writer, readers }] of this.#exact) {
      // A list of an unknown folder waits for what may be in it; an unknown write is seen when it runs.
      if (path === SOMEWHERE ? write : !covers(path, exact)) continue;
      if (writer !== null) this.#order(writer, use);
      if (write) for (const reader of readers) this.#order(reader, use);
    }
    for (const wide of this.#wide) {
      if (!(wide.write || write) || !covers(path, wide.path)) continue;
      if (path === SOMEWHERE && wide.path === SOMEWHERE && write) continue;
      this.#order(wide, use);
    }
    if (path === ANYWHERE && write) {
      this.#exact.clear();
      this.#wide = [];
    }
    this.#wide.push(use);
  }

  #order(from: Use, to: Use): void {
    if (from.block === to.block) return;
    const plain = [from, to].find(use => use.path !== ANYWHERE && use.path !== SOMEWHERE && !isFolder(use.path));
    const folder = [from, to].find(use => isFolder(use.path));
    const possible = [from, to].some(use => use.path === ANYWHERE || use.path === SOMEWHERE);
    const path = plain?.path ?? folder?.path ?? ANYWHERE;
    this.flows.push({ from: from.block, to: to.block, path, possible, written: from.at, read: to.at });
  }
}

export function fileFlows(facts: readonly Facts[]): Files {
  const walk = new Walk();
  const reads = new Map<number, Set<string>>();
  const writes = new Map<number, Set<string>>();
  const seen = new Set<string>();
  for (const [order, use] of facts.flatMap(f => f.files).entries()) {
    const path = normal(use.path);
    // The same use again, with nothing between, orders nothing more.
    const key = `${use.block} ${use.write} ${path}`;
    const wide = path === ANYWHERE || path === SOMEWHERE;
    if (!(wide && seen.has(key))) walk.take({ ...use, path, order });
    seen.add(key);
    const unknownRead = wide && !use.write;
    if (unknownRead) continue;
    const to = use.write ? writes : reads;
    to.set(use.block, (to.get(use.block) ?? new Set()).add(path === SOMEWHERE ? ANYWHERE : path));
  }
  return {
    flows: walk.flows,
    of: b => ({ reads: [...(reads.get(b) ?? [])].sort(), writes: [...(writes.get(b) ?? [])].sort() })
  };
}

/** Code that is not followed, or another program, may use any file. */
export function fileAnywhere(m: Machine, place: Place): void {
  const last = m.files.at(-1);
  if (last?.path === ANYWHERE && last.write) return;
  m.files.push({ path: ANYWHERE, write: true, block: m.block, at: place });
}

/** The folder that a pattern of names is looked for in: `out/` of `out/*.csv`, `./` of `*.csv`. */
export function folderOf(pattern: string): string {
  const wild = pattern.search(/[*?[]/);
  const fixed = wild < 0 ? pattern : pattern.slice(0, wild);
  const slash = fixed.lastIndexOf('/');
  return slash < 0 ? './' : fixed.slice(0, slash + 1);
}

/** A block that imports a module which an earlier block has written waits for it; replayed imports count. */
export function importedFiles(facts: readonly Facts[], imports: (block: number) => Iterable<string>): FileFlow[] {
  const flows: FileFlow[] = [];
  const written = facts
    .flatMap(f => f.files)
    .filter(u => u.write)
    .map(u => ({ ...u, path: normal(u.path) }));
  if (written.length === 0) return flows;
  for (const [block, own] of facts.entries()) {
    const read = own.start;
    if (read === null) continue;
    for (const name of new Set([...own.imports, ...imports(block)])) {
      const last = written.findLast(u => u.block < block && (u.path === `${name}.py` || u.path.startsWith(`${name}/`)));
      if (last !== undefined)
        flows.push({ from: last.block, to: block, path: last.path, possible: false, written: last.at, read });
    }
  }
  return flows;
}

/** `./a/../b` is `b`; a slash at the end stays. */
export function normal(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' && out.length > 0) continue;
    if (part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..' && out.at(-1) !== '') out.pop();
    else out.push(part);
  }
  const plain = out.join('/');
  if (!path.endsWith('/') || plain === '/') return plain;
  return plain === '' ? './' : `${plain}/`;
}
