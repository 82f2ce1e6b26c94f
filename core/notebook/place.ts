import type { Range } from '../api';

/** The first line of a cell, for what concerns the cell as a whole. */
export function cellRange(cell: { readonly index: number; readonly id: string; readonly source: string }): Range {
  const end = cell.source.indexOf('\n');
  const width = end === -1 ? cell.source.length : end;
  return { cell: cell.index, id: cell.id, line: 1, column: 1, endLine: 1, endColumn: width + 1 };
}

/** The range of the UTF-16 offsets `start` to `end` (exclusive) of a cell's source. */
export function spanRange(
  cell: { readonly index: number; readonly id: string; readonly source: string },
  start: number,
  end: number
): Range {
  const from = lineAndColumn(cell.source, start);
  const to = lineAndColumn(cell.source, end);
  return { cell: cell.index, id: cell.id, ...from, endLine: to.line, endColumn: to.column };
}

function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) {
    line += 1;
    begin = at + 1;
  }
  return { line, column: offset - begin + 1 };
}
