import type { Reason } from '../../../runs/refusal';
import type { FileUse } from '../report';
import { inOrder, type Seen } from './history';
import { RUN_AGAIN } from './run-again';

interface Use {
  readonly use: FileUse;
  readonly does: 'reads' | 'writes' | 'removes';
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
  const { read = [], written = [], removed = [] } = step.report?.files ?? {};
  for (const use of read) found.set(use.path, { use, does: 'reads' });
  for (const use of removed) if (!others.has(use.path)) found.set(use.path, { use, does: 'removes' });
  for (const use of written) if (!others.has(use.path)) found.set(use.path, { use, does: 'writes' });
  return found;
}

/** What of a folder's list of names a path is: `sub` of `data/` for `data/sub/x.csv`; null when it is not below it. */
function entryOf(folder: string, path: string): string | null {
  const within = folder === './' ? '' : folder;
  if (!path.startsWith(within) || path.startsWith('/') || path.startsWith('../')) return null;
  return path.slice(within.length).split('/')[0] || null;
}

interface Clash {
  readonly path: string;
  readonly mine: Use;
  readonly theirs: Use;
}

/** The first thing that both touch and one of them changes: a file, or a folder's list of names. */
function clash(
  mine: ReadonlyMap<string, Use>,
  theirs: ReadonlyMap<string, Use>,
  there: (path: string) => boolean
): Clash | null {
  for (const [path, my] of mine) {
    const their = theirs.get(path);
    if (their && !(my.does === 'reads' && their.does === 'reads')) return { path, mine: my, theirs: their };
  }
  const lists = (uses: ReadonlyMap<string, Use>) => [...uses].filter(([path]) => path.endsWith('/'));
  const changed = (listing: string, uses: ReadonlyMap<string, Use>) =>
    [...uses].find(([path, { does }]) => {
      if (does === 'reads') return false;
      const entry = entryOf(listing, path);
      if (entry === null) return false;
      const whole = listing === './' ? entry : `${listing}${entry}`;
      return does === 'removes' ? path === whole : !there(whole);
    });
  for (const [listing, my] of lists(mine)) {
    const found = changed(listing, theirs);
    if (found) return { path: found[0], mine: my, theirs: found[1] };
  }
  for (const [listing, their] of lists(theirs)) {
    const found = changed(listing, mine);
    if (found) return { path: found[0], mine: found[1], theirs: their };
  }
  return null;
}

/**
 * Judges the files after `just` has finished: of two steps that touch one file, one of them changing it, the later one
 * in the notebook must have started after the earlier one had finished; the same holds of a folder's list of names and
 * what adds to it. Null when it was so. `original`: whether a path was there before the run.
 */
export function checkFiles(
  seen: ReadonlyMap<string, Seen>,
  just: Seen,
  original: (path: string) => boolean = () => false
): Reason | null {
  const mine = uses(seen, just);
  for (const other of inOrder(seen.values())) {
    if (other.place === just.place || other.report === null) continue;
    const [first, second] = other.place < just.place ? [other, just] : [just, other];
    if (first.finished !== null && first.finished < second.started) continue;
    const began = Math.min(first.started, second.started);
    const earlier = [...seen.values()].filter(step => (step.finished ?? Infinity) < began);
    const there = (path: string) =>
      original(path) ||
      earlier.some(step => step.report?.files.written.some(use => `${use.path}/`.startsWith(`${path}/`)));
    const found = clash(mine, uses(seen, other), there);
    if (found === null) continue;
    const [early, late] = first === just ? [found.mine, found.theirs] : [found.theirs, found.mine];
    const said = (use: Use) => (use.use.path.endsWith('/') ? `lists ${use.use.path}` : `${use.does} ${use.use.path}`);
    const cell = (step: Seen, use: Use) => step.node.cells.find(one => one.id === use.use.cell)?.index;
    const at = cell(first, early);
    return {
      code: 'file-unseen',
      message: `Step ${first.node.name} ${said(early)}${at === undefined ? '' : ` (cell ${at}${early.use.line ? `, line ${early.use.line}` : ''})`} and step ${second.node.name} ${said(late)}, but the two ran at the same time: the plan did not know of it.`,
      step: first.node.name,
      ...(at === undefined ? {} : { cell: at }),
      ...(early.use.line ? { line: early.use.line } : {}),
      name: found.path,
      fix: RUN_AGAIN
    };
  }
  return null;
}
