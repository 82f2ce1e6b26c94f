/** Files are shared by the steps of a run: each pair of uses of one path, at least one of them a write, is ordered. */
import type { Machine, Place } from './machine';

export interface FileFlow {
  readonly from: number;
  readonly to: number;
  readonly path: string;
  readonly written: Place;
  readonly read: Place;
}

export interface Files {
  readonly flows: readonly FileFlow[];
  readonly of: (block: number) => { readonly reads: readonly string[]; readonly writes: readonly string[] };
}

export function fileFlows(m: Machine): Files {
  const flows: FileFlow[] = [];
  const writer = new Map<string, { block: number; at: Place }>();
  const readers = new Map<string, { block: number; at: Place }[]>();
  const reads = new Map<number, Set<string>>();
  const writes = new Map<number, Set<string>>();
  const note = (to: Map<number, Set<string>>, block: number, path: string): void => {
    const known = to.get(block);
    if (known === undefined) to.set(block, new Set([path]));
    else known.add(path);
  };
  for (const u of m.files) {
    const path = normal(u.path);
    const last = writer.get(path);
    if (last !== undefined && last.block !== u.block)
      flows.push({ from: last.block, to: u.block, path, written: last.at, read: u.at });
    if (u.write) {
      for (const r of readers.get(path) ?? [])
        if (r.block !== u.block) flows.push({ from: r.block, to: u.block, path, written: r.at, read: u.at });
      readers.delete(path);
      writer.set(path, { block: u.block, at: u.at });
      note(writes, u.block, path);
    } else {
      const known = readers.get(path);
      if (known === undefined) readers.set(path, [{ block: u.block, at: u.at }]);
      else known.push({ block: u.block, at: u.at });
      note(reads, u.block, path);
    }
  }
  return { flows, of: b => ({ reads: [...(reads.get(b) ?? [])].sort(), writes: [...(writes.get(b) ?? [])].sort() }) };
}

/** Code that is not followed, or another program, may use any file. */
export function fileAnywhere(m: Machine, place: Place): void {
  const last = m.files.at(-1);
  if (last?.block === m.block && last.path === ANYWHERE) return;
  m.files.push({ path: ANYWHERE, write: true, block: m.block, at: place });
}

/** Stands for every path. */
export const ANYWHERE = '*';

/** A block that imports a module which an earlier block has written waits for it; replayed imports count. */
export function importedFiles(m: Machine, imports: (block: number) => Iterable<string>, count: number): FileFlow[] {
  const flows: FileFlow[] = [];
  const written = m.files.filter(u => u.write).map(u => ({ ...u, path: normal(u.path) }));
  if (written.length === 0) return flows;
  for (let block = 0; block < count; block++) {
    const read = m.starts[block];
    if (read === undefined) continue;
    for (const name of new Set([...m.imports[block]!, ...imports(block)])) {
      const last = written.findLast(u => u.block < block && (u.path === `${name}.py` || u.path.startsWith(`${name}/`)));
      if (last !== undefined) flows.push({ from: last.block, to: block, path: last.path, written: last.at, read });
    }
  }
  return flows;
}

/** `./a/../b` is `b`. */
export function normal(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' && out.length > 0) continue;
    if (part === '.') continue;
    if (part === '..' && out.length > 0 && out.at(-1) !== '..' && out.at(-1) !== '') out.pop();
    else out.push(part);
  }
  return out.join('/');
}
