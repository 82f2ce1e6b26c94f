import { readNotebook } from '@cellway/core/notebook';
import { pipeline } from '@cellway/core/pipeline';
import { columns, PLAIN } from './terminal';
import { pythonText, tree } from './tree';

type Row = readonly [source: string, ...tags: string[]];

function shown(rows: readonly Row[], width = 80): readonly string[] {
  const cells = rows.map(([source, ...tags]) => ({ cell_type: 'code', source, metadata: { tags } }));
  const reading = readNotebook({ nbformat: 4, metadata: {}, cells });
  if (!reading.ok) {
    throw new Error(reading.problems[0]!.message);
  }
  return tree(pipeline(reading.notebook, { name: 'n' }), PLAIN, width);
}

test('steps in order with rails, cells, and what they take from whom', () => {
  const rows: Row[] = [
    ['rate = 2.0  # share', 'parameters'],
    ['rows = [rate]', 'step:load'],
    ['left = list(rows)', 'step:left'],
    ['left2 = 1'],
    ['right = list(rows)', 'step:right'],
    ['print(left, right)', 'step:both']
  ];
  expect(shown(rows)).toEqual([
    'n  4 steps, by tags',
    '',
    '  rate  float 2.0  # share',
    '',
    '  (setup)    cell 1',
    '  ● load     cell 2',
    '  ├─● left   cells 3–4  rows (load)',
    '  ● │ right  cell 5     rows (load)',
    '  ●─┘ both   cell 6     left (left)  right (right)'
  ]);
});

test('nothing is wider than the terminal', () => {
  const name = 'a step with a very long name 数据清洗 '.repeat(4);
  const many = Array.from({ length: 30 }, (_, at) => `value_number_${at}`);
  const rows: Row[] = [
    [many.map(value => `${value} = [1]`).join('\n'), `step:${name}`],
    [`print(${many.join(', ')})`, `step:${name} again`],
    ...many.map((value): Row => [`print(${value})`, `step:use ${value}`])
  ];
  for (const width of [40, 80, 120]) {
    expect(Math.max(...shown(rows, width).map(columns))).toBeLessThanOrEqual(width);
  }
});

test('a seed that all start from is told once', () => {
  const steps = Array.from({ length: 6 }, (_, at): Row => [`print(${at})`, `step:s${at}`]);
  const lines = shown([['import os\nos.environ["A"] = "1"', 'step:settings'], ...steps]);
  expect(lines.filter(line => line.includes('environ'))).toEqual(['  ◇ environ (settings) → 6 later steps']);
});

test('values are written as Python writes them', () => {
  const value = { a: [1, { $float: '2.0' }, { $float: 'nan' }, null, true], b: 'x"y' };
  expect(pythonText(value)).toBe('{"a": [1, 2.0, nan, None, True], "b": "x\\"y"}');
});
