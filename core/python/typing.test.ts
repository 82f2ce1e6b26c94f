import { lineStarts, parseCell, position } from './index';

/** `line:column message` of each problem. */
function said(cell: string): string[] {
  return parseCell(cell).problems.map(({ start, message }) => {
    const { line, column } = position(lineStarts(cell), start);
    return `${line}:${column} ${message}`;
  });
}

const STATES: readonly (readonly [cell: string, ...problems: string[]])[] = [
TABLE
];

test.each(STATES)('while typing %j the user reads what and where', (cell, ...problems) => {
  expect(said(cell)).toEqual(problems);
});

const SALVAGED: readonly (readonly [cell: string, names: string])[] = [
  ['df.groupby(', 'df'],
  ['x = df[mask & (y >', 'x df mask y'],
  ['plot(a.b.c, k=d', 'plot a k d'],
  ['def f(x:\n  return y\nz = 1', 'f x y'],
  ['for i in range(n:\n  total += i', 'i range n'],
  ['y = 1\nprint(y\nz = 2', 'print y'],
  ['f"{value', 'value'],
  ['%time fit(model', 'fit model']
];

test.each(SALVAGED)('of the broken part of %j the names are kept', (cell, names) => {
  expect(
    parseCell(cell)
      .salvaged.map(({ id }) => id)
      .join(' ')
  ).toBe(names);
});

test('a broken header keeps the statements of its block, a broken definition does not', () => {
  const kinds = (cell: string): string[] => parseCell(cell).body.map(({ kind }) => kind);
  expect(kinds('for i in range(n:\n  total += i\nx = 1')).toEqual(['AugAssign', 'Assign']);
  expect(kinds('def f(x:\n  y = x\nx = 1')).toEqual(['Assign']);
});
