import type { Block, Cell, Dataflow } from '../dataflow/types';
import type { NotebookCell } from '../notebook';
import { type CellKind, cellKind } from './cell-kind';
import type { Entry, Place } from './pieces';
import { nameSegments } from './step-names';

/** At most so many steps are proposed; more cannot be read at a glance. */
const MOST = 10;

/** A run of cells that will be one step. */
export interface Segment {
  readonly cells: readonly Cell[];
  readonly kinds: readonly CellKind[];
  /** The heading above its first cell, if it begins a section. */
  readonly heading: string | null;
}

/**
 * A split for a notebook that names no steps: leading definitions are setup; sections begin at headings; neighbours
 * that are tightly coupled by what flows are kept together, what is costly or independent stays apart. Deterministic.
 * docs/guide/proposed-steps.md says the same in words.
 */
export function proposeSplit(
  cells: readonly NotebookCell[],
  entries: readonly Entry[],
  flow: (blocks: readonly Block[]) => Dataflow
): readonly Place[] {
  const headings = headingsAbove(cells);
  const setup = new Set<Entry>();
  const work: Segment[] = [];
  for (const entry of entries) {
    if (entry.cell === null) {
      continue;
    }
    const kind = cellKind(entry.cell.module.body);
    const definition = kind.definitions || kind.empty;
    const tagged = entry.tags.role.kind !== 'none';
    if (tagged || (definition && work.length === 0)) {
      setup.add(entry);
    } else {
      work.push({ cells: [entry.cell], kinds: [kind], heading: headings.get(entry.source.index) ?? null });
    }
  }
  if (work.length === 0) {
    return onlyDefinitions(entries);
  }
  const segments = mergeSegments(work, flowsOf(entries, setup, flow));
  const names = nameSegments(segments);
  const places = new Map<Cell, Place>();
  for (const [at, segment] of segments.entries()) {
    for (const cell of segment.cells) {
      places.set(cell, { kind: 'step', name: names[at]! });
    }
  }
  return entries.map(entry => (entry.cell === null ? undefined : places.get(entry.cell)) ?? { kind: 'setup' });
}

/** A notebook of definitions alone still has something to run: its last cell. */
function onlyDefinitions(entries: readonly Entry[]): readonly Place[] {
  const last = entries.findLastIndex(({ cell, tags }) => cell !== null && tags.role.kind === 'none');
  return entries.map((_, at) => (at === last ? { kind: 'step', name: 'main' } : { kind: 'setup' }));
}

/** The last heading between a code cell and the one before it, by the code cell's index. */
function headingsAbove(cells: readonly NotebookCell[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  let heading: string | null = null;
  for (const cell of cells) {
    if (cell.kind === 'markdown') {
      for (const match of cell.source.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$/gm)) {
        heading = match[1]!;
      }
    } else if (cell.kind === 'code' && heading !== null) {
      found.set(cell.index, heading);
      heading = null;
    }
  }
  return found;
}

/** Names that flow from one cell to another, by the cells' ids. */
type Flows = ReadonlyMap<string, ReadonlyMap<string, number>>;

function flowsOf(
  entries: readonly Entry[],
  setup: ReadonlySet<Entry>,
  flow: (blocks: readonly Block[]) => Dataflow
): Flows {
  const present = entries.filter(entry => entry.cell !== null);
  const blocks = present.map(
    (entry): Block => ({ name: entry.source.id, kind: setup.has(entry) ? 'setup' : 'step', cells: [entry.cell!] })
  );
  const flows = new Map<string, Map<string, number>>();
  for (const edge of flow(blocks).edges) {
    const strength = edge.names.filter(name => name.kind !== 'order' && name.possible !== true).length;
    const from = flows.get(edge.from) ?? new Map<string, number>();
    from.set(edge.to, (from.get(edge.to) ?? 0) + strength);
    flows.set(edge.from, from);
  }
  return flows;
}

/**
 * Joins neighbours, the most coupled first, until the number of steps suits the notebook's size: one step for about
 * four cells, not more than ten. A section is not joined with another unless there are too many.
 */
function mergeSegments(work: readonly Segment[], flows: Flows): readonly Segment[] {
  const segments = [...work];
  const sections = work.filter(segment => segment.heading !== null).length;
  const most = Math.min(MOST, Math.max(1, sections, Math.ceil(work.length / 2)));
  const aim = Math.min(most, Math.max(sections, Math.round(work.length / 4), Math.min(3, work.length)));
  const scores = segments.slice(1).map((next, at) => coupling(segments[at]!, next, flows));
  while (segments.length > 1) {
    let best = 0;
    for (let at = 1; at < scores.length; at += 1) {
      best = scores[at]! > scores[best]! ? at : best;
    }
    const enough = segments.length <= aim;
    if (enough || (segments.length <= most && scores[best]! < -1)) {
      break;
    }
    const [left, right] = [segments[best]!, segments[best + 1]!];
    const cells = [...left.cells, ...right.cells];
    segments.splice(best, 2, { cells, kinds: [...left.kinds, ...right.kinds], heading: left.heading ?? right.heading });
    scores.splice(best, 1);
    for (const at of [best - 1, best]) {
      if (at >= 0 && at < scores.length) {
        scores[at] = coupling(segments[at]!, segments[at + 1]!, flows);
      }
    }
  }
  return segments;
}

/** How much two neighbours want to be one step; higher is more. */
function coupling(left: Segment, right: Segment, flows: Flows): number {
  const inside = namesBetween(left, right, flows);
  const leaving = namesLeaving(left, flows) - inside;
  // What the right one takes from the left, as a share of all that the left gives: 1 is a chain, 0 two branches.
  const share = inside === 0 ? -1 : inside / Math.max(1, inside + leaving / 2);
  const size = (left.cells.length + right.cells.length) / 10;
  const costly = left.kinds.some(kind => kind.costly) && right.kinds.some(kind => kind.costly) ? 1.5 : 0;
  const trains = right.kinds.some(kind => kind.work === 'train') ? 0.4 : 0;
  // Under one heading is one thought, even where nothing flows.
  const section = right.heading !== null ? 2 : left.heading !== null ? -1 : 0;
  // A definition serves the cell that follows it; an empty cell belongs anywhere.
  const light =
    [...left.kinds, ...right.kinds].some(kind => kind.empty) || left.kinds.every(kind => kind.definitions) ? 2 : 0;
  return share - size - costly - trains - section + light;
}

function namesBetween(left: Segment, right: Segment, flows: Flows): number {
  let sum = 0;
  for (const from of left.cells) {
    const to = flows.get(from.ref.id);
    for (const cell of to === undefined ? [] : right.cells) {
      sum += to!.get(cell.ref.id) ?? 0;
    }
  }
  return sum;
}

function namesLeaving(segment: Segment, flows: Flows): number {
  const own = new Set(segment.cells.map(cell => cell.ref.id));
  let sum = 0;
  for (const id of own) {
    for (const [to, names] of flows.get(id) ?? []) {
      sum += own.has(to) ? 0 : names;
    }
  }
  return sum;
}
