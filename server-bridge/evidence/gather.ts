import type { Step } from '@cellway/core/api';
import type { Evidence } from '@cellway/core/dataflow';
import { cellDigest } from '@cellway/core/pipeline';
import type { FileUse, Report } from '../engines/local/report';
import type { CellEvidence } from './keep';

/** What a node of a run was seen to do. */
export interface Observed {
  readonly node: Step;
  readonly report: Report;
}

type Kind = keyof Evidence;

const GENERATORS: ReadonlySet<string> = new Set(['random', 'numpy.random', 'torch.random']);

/**
 * What later analyses should know of the cells: their use of ambient state that can be handed on, the files that more
 * than one node of the run touched, the names they asked for and those they changed. What the report cannot lay on one
 * cell counts as done by the node's last.
 */
export function evidenceOf(observed: readonly Observed[], sourceOf: (cell: string) => string): CellEvidence {
  const found = new Map<string, Map<Kind, Set<string>>>();
  const shared = sharedPaths(observed);
  for (const { node, report } of observed) {
    const add = (cell: string | undefined, kind: Kind, what: string): void => {
      const id = cell !== undefined && node.cells.some(one => one.id === cell) ? cell : node.cells.at(-1)?.id;
      if (id === undefined) return;
      const digest = cellDigest(sourceOf(id));
      const kinds = found.get(digest) ?? new Map<Kind, Set<string>>();
      found.set(digest, kinds);
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(what));
    };
    for (const { slot, cell, lost } of report.ambient.changed) {
      if (lost === undefined) add(cell, GENERATORS.has(slot) ? 'draws' : 'changes', slot);
    }
    const { read, written, removed } = report.files;
    for (const use of read)
      if (shared(use.path) && !node.files.reads.includes(use.path)) add(use.cell, 'reads', use.path);
    for (const use of [...written, ...removed])
      if (sure(use) && shared(use.path) && !node.files.writes.includes(use.path)) add(use.cell, 'writes', use.path);
    for (const need of report.needs) add(need.cell, 'names', need.name);
    for (const { name } of report.inputs_changed) if (!node.outputs.includes(name)) add(undefined, 'alters', name);
    for (const name of report.definitions_changed) add(undefined, 'alters', name);
  }
  return Object.fromEntries(
    [...found].map(([digest, kinds]) => [
      digest,
      Object.fromEntries([...kinds].map(([kind, names]) => [kind, [...names].sort()]))
    ])
  );
}

/** Not only that a listing of the folder differed, which a step beside it may have done. */
function sure(use: FileUse): boolean {
  return use.unseen !== true;
}

function inside(path: string): boolean {
  return !path.startsWith('/') && !path.startsWith('../');
}

/** Folders of the working folder that a path lies in, each ending in a slash; of a path elsewhere none matter. */
function foldersAbove(path: string): readonly string[] {
  if (!inside(path)) return [];
  const parts = path.replace(/\/$/, '').split('/').slice(0, -1);
  return ['./', ...parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`)];
}

/** Whether a path (a folder's list of names, ending in a slash) is one node's doing and another's matter. */
function sharedPaths(observed: readonly Observed[]): (path: string) => boolean {
  const writers = new Map<string, Set<string>>();
  const readers = new Map<string, Set<string>>();
  const note = (to: Map<string, Set<string>>, path: string, node: string) =>
    void to.set(path, (to.get(path) ?? new Set()).add(node));
  for (const { node, report } of observed) {
    for (const use of [...report.files.written, ...report.files.removed].filter(sure)) {
      note(writers, use.path, node.name);
      // Whoever lists a folder above it sees its name, or that of a folder on the way.
      for (const folder of foldersAbove(use.path)) note(writers, folder, node.name);
    }
    for (const use of report.files.read) note(readers, use.path, node.name);
  }
  const listed = [...readers.keys()].filter(path => path.endsWith('/'));
  return path => {
    if (!inside(path)) return false;
    const users = new Set([...(writers.get(path) ?? []), ...(readers.get(path) ?? [])]);
    if (writers.has(path) && !path.endsWith('/'))
      for (const folder of listed)
        if (folder === './' || path.startsWith(folder)) for (const node of readers.get(folder)!) users.add(node);
    return writers.has(path) && users.size > 1;
  };
}
