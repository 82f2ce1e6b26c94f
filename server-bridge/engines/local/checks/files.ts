import type { Reason } from '../../../runs/refusal';
import type { FileUse } from '../report';
import { inOrder, type Seen } from './history';

interface Use {
  readonly use: FileUse;
  readonly writes: boolean;
}

function uses(step: Seen): ReadonlyMap<string, Use> {
  const found = new Map<string, Use>();
  for (const use of step.report?.files.read ?? []) found.set(use.path, { use, writes: false });
  for (const use of [...(step.report?.files.written ?? []), ...(step.report?.files.removed ?? [])])
    found.set(use.path, { use, writes: true });
  return found;
}

/**
 * Judges the files after `just` has finished: of two steps that touch one file, one of them writing, the later one in
 * the notebook must have started after the earlier one had finished. Null when it was so.
 */
export function checkFiles(seen: ReadonlyMap<string, Seen>, just: Seen): Reason | null {
  const mine = uses(just);
  for (const other of inOrder(seen.values())) {
    if (other.place === just.place || other.report === null) continue;
    const [first, second] = other.place < just.place ? [other, just] : [just, other];
    if (first.finished !== null && first.finished < second.started) continue;
    const theirs = uses(other);
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
