import type { Reason } from '../../../runs/refusal';
import type { FileUse } from '../report';
import { inOrder, type Seen } from './history';

interface Use {
  readonly use: FileUse;
  readonly writes: boolean;
}

/** Whether it is known of the file only that it differs between two listings of the folder. */
function onlyCompared(use: FileUse): boolean {
  return use.unseen === true || use.line === null;
}

function changes(step: Seen): readonly FileUse[] {
  return [...(step.report?.files.written ?? []), ...(step.report?.files.removed ?? [])];
}

function overlap(a: Seen, b: Seen): boolean {
  return (a.finished ?? Infinity) > b.started && (b.finished ?? Infinity) > a.started;
}

/** Whether it is known to change the file: planned so, or seen while it did. */
function claims(step: Seen, path: string): boolean {
  return step.node.files.writes.includes(path) || changes(step).some(use => use.path === path && !onlyCompared(use));
}

/**
 * Paths that `step` is said to have changed only because its folder differed afterwards, while a step beside it is known
 * to change them: that step's doing. What it plans itself is its own.
 */
export function othersFiles(seen: ReadonlyMap<string, Seen>, step: Seen): ReadonlySet<string> {
  const compared = changes(step).filter(use => onlyCompared(use) && !step.node.files.writes.includes(use.path));
  if (compared.length === 0) return new Set();
  const beside = [...seen.values()].filter(other => other.place !== step.place && overlap(other, step));
  return new Set(compared.map(use => use.path).filter(path => beside.some(other => claims(other, path))));
}

function uses(seen: ReadonlyMap<string, Seen>, step: Seen): ReadonlyMap<string, Use> {
  const found = new Map<string, Use>();
  const others = othersFiles(seen, step);
  for (const use of step.report?.files.read ?? []) found.set(use.path, { use, writes: false });
  for (const use of changes(step)) if (!others.has(use.path)) found.set(use.path, { use, writes: true });
  return found;
}

/**
 * Judges the files after `just` has finished: of two steps that touch one file, one of them writing, the later one in
 * the notebook must have started after the earlier one had finished. Null when it was so.
 */
export function checkFiles(seen: ReadonlyMap<string, Seen>, just: Seen): Reason | null {
  const mine = uses(seen, just);
  for (const other of inOrder(seen.values())) {
    if (other.place === just.place || other.report === null) continue;
    const [first, second] = other.place < just.place ? [other, just] : [just, other];
    if (first.finished !== null && first.finished < second.started) continue;
    const theirs = uses(seen, other);
    for (const [path, my] of mine) {
      const their = theirs.get(path);
      if (!their || !(my.writes || their.writes)) continue;
      const [early, late] = first === just ? [my, their] : [their, my];
      const verb = (use: Use) => (use.writes ? 'writes' : 'reads');
      const cell = (step: Seen, use: Use) => step.node.cells.find(one => one.id === use.use.cell)?.index;
      const at = cell(first, early);
      return {
        code: 'file-unseen',
        message: `Step ${first.node.name} ${verb(early)} ${path}${at === undefined ? '' : ` (cell ${at}${early.use.line ? `, line ${early.use.line}` : ''})`} and step ${second.node.name} ${verb(late)} it, but the two ran at the same time: the plan did not know of the file.`,
        step: first.node.name,
        ...(at === undefined ? {} : { cell: at }),
        ...(early.use.line ? { line: early.use.line } : {}),
        name: path,
        fix: 'Write the path as a literal in both cells, or put both into one step.'
      };
    }
  }
  return null;
}
