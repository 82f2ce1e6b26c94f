/** Offsets in cells as lines and columns. */
import type { Position, Range } from '../api';
import { lineStarts, position as at } from '../python';
import type { Place } from './facts';
import type { Cell } from './types';

const tables = new WeakMap<Cell, readonly number[]>();

function table(cell: Cell): readonly number[] {
  let t = tables.get(cell);
  if (t === undefined) tables.set(cell, (t = lineStarts(cell.source)));
  return t;
}

export function position({ cell, offset }: Place): Position {
  const { line, column } = at(table(cell), offset);
  return { cell: cell.ref.index, id: cell.ref.id, line, column };
}

export function range(place: Place): Range {
  const end = at(table(place.cell), place.end);
  return {
    cell: place.cell.ref.index,
    id: place.cell.ref.id,
    ...at(table(place.cell), place.offset),
    endLine: end.line,
    endColumn: end.column
  };
}
