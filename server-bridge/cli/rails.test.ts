import { rails, type Station } from './rails';

const stations = (rows: readonly (readonly [string, string])[]): readonly Station[] =>
  rows.map(([name, needs]) => ({ name, needs: needs === '' ? [] : needs.split(' ') }));

const drawn = (rows: readonly (readonly [string, string])[], most = 20): readonly string[] | undefined =>
  rails(stations(rows), most)?.map((row, at) => `${row.rail}${rows[at]![0]}`);

test('a chain is one line', () => {
  const chain = [
    ['a', ''],
    ['b', 'a'],
    ['c', 'b']
  ] as const;
  expect(drawn(chain)).toEqual(['● a', '● b', '● c']);
});

test('branches lie side by side and meet again', () => {
  const branches = [
    ['a', ''],
    ['b', 'a'],
    ['c', 'a'],
    ['d', 'a'],
    ['e', 'b c d']
  ] as const;
  expect(drawn(branches)).toEqual(['● a', '├─● b', '├─│─● c', '● │ │ d', '●─┴─┘ e']);
});

test('what other edges imply is not drawn', () => {
  const implied = [
    ['a', ''],
    ['b', 'a'],
    ['c', 'a b']
  ] as const;
  expect(drawn(implied)).toEqual(['● a', '● b', '● c']);
});

test('a step without needs does not hang under the one above', () => {
  const apart = [
    ['a', ''],
    ['b', ''],
    ['c', '']
  ] as const;
  expect(drawn(apart)).toEqual(['● a', '  ● b', '●   c']);
});

test('a line that is passed is told from one that stops', () => {
  const crossing = [
    ['a', ''],
    ['b', ''],
    ['c', 'a'],
    ['d', 'b'],
    ['e', 'a']
  ] as const;
  expect(drawn(crossing)).toEqual(['● a', '│ ● b', '├─│─● c', '│ ●   d', '●     e']);
});

test('further lines of a step keep the rails that go on', () => {
  const rows = rails(
    stations([
      ['a', ''],
      ['b', 'a'],
      ['c', 'a'],
      ['d', 'b']
    ]),
    20
  );
  expect(rows?.map(row => row.under)).toEqual(['│ ', '│ │ ', '  │ ', '    ']);
});

test('more lines than there is room for are not drawn', () => {
  const many = Array.from({ length: 9 }, (_, at) => [`s${at}`, ''] as const);
  const all = many.map(([name]) => name).join(' ');
  expect(drawn([...many, ['end', all]], 4)).toBeUndefined();
  expect(drawn([...many, ['end', all]], 20)?.at(-1)).toBe('●─┴─┴─┴─┴─┴─┴─┴─┘ end');
});
