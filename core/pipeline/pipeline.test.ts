import { canonical, givenValues, pipeline } from '.';
import { readNotebook } from '../notebook';

type Row = readonly [source: string, ...tags: string[]];

const value = (rows: readonly Row[], options: object = {}) => {
  const cells = rows.map(([source, ...tags], at) => ({
    cell_type: 'code',
    id: `k${at + 1}`,
    source,
    metadata: { tags }
  }));
  const reading = readNotebook({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
  if (!reading.ok) {
    throw new Error('not a notebook');
  }
  return pipeline(reading.notebook, { name: 'test', ...options });
};
const shape = (rows: readonly Row[], options: object = {}) =>
  value(rows, options).steps.map(step => [step.name, step.cells.map(cell => cell.index), step.needs]);
const codes = (rows: readonly Row[]) => value(rows).diagnostics.map(({ code, severity }) => `${severity} ${code}`);

test('untagged cells follow their step, setup and skipped cells stand between', () => {
  const rows: Row[] = [
    ['import math'],
    ['a = 1', 'step:one'],
    ['b = a'],
    ['k = 2', 'setup'],
    ['c = b'],
    ['oops(', 'skip'],
    ['d = c', 'step:two']
  ];
  expect(shape(rows)).toEqual([
    ['one', [2, 3, 5], []],
    ['two', [7], ['one']]
  ]);
  expect(value(rows).setup.map(({ name, cells }) => [name, cells.map(cell => cell.index)])).toEqual([
    ['(setup)', [1]],
    ['(setup 2)', [4]]
  ]);
});

test('a step that goes on over independent ones is one step', () => {
  expect(
    shape([
      ['a = 1', 'step:a'],
      ['b = 2', 'step:b'],
      ['a2 = a', 'step:a']
    ])
  ).toEqual([
    ['a', [1, 3], []],
    ['b', [2], []]
  ]);
});

test.each([
  [
    'it would need itself',
    [
      ['a = 1', 'step:a'],
      ['b = a', 'step:b'],
      ['c = b', 'step:a']
    ]
  ],
  [
    'it would overwrite what another has read',
    [
      ['a = 1', 'step:a'],
      ['b = a', 'step:b'],
      ['a = 3', 'step:a']
    ]
  ]
] as [string, Row[]][])('a step that goes on is refused where %s', (_, rows) => {
  expect(codes(rows)).toEqual(['error step-split']);
  expect(shape(rows).map(([name]) => name)).toEqual(['a', 'b', 'a (2)']);
});

test.each([
  [
    'each other',
    [
      ['a = 1', 'step:a', 'prev:b'],
      ['b = 1', 'step:b', 'prev:a']
    ],
    ['error cycle']
  ],
  ['itself', [['a = 1', 'step:a', 'prev:a']], ['error cycle']],
  [
    'a later step',
    [
      ['a = 1', 'step:a', 'prev:b'],
      ['b = 1', 'step:b']
    ],
    ['warning prev-later']
  ],
  ['no step', [['a = 1', 'step:a', 'prev:x']], ['warning prev-unknown']]
] as [string, Row[], string[]][])('prev: of %s is told', (_, rows, expected) => {
  expect(codes(rows)).toEqual(expected);
});

test('prev: of an earlier step is an edge of order', () => {
  expect(
    value([
      ['a = 1', 'step:a'],
      ['b = 1', 'step:b', 'prev:a']
    ]).edges
  ).toMatchObject([{ from: 'a', to: 'b', names: [{ kind: 'order' }] }]);
});

test('each cell a step counts all code cells', () => {
  const rows: Row[] = [['n = 1', 'parameters'], ['x = n', 'step:a'], ['y = x', 'skip'], [''], ['z = x', 'metrics']];
  expect(shape(rows, { eachCell: true })).toEqual([
    ['c2', [2], []],
    ['c4', [4], []],
    ['c5', [5], ['c2']]
  ]);
});

test('no code is an error', () => {
  expect(codes([])).toEqual(['error no-code']);
  expect(codes([['x', 'skip']])).toEqual(['error no-code']);
});

const PARAMETERS = `n = -3  # rows to take
rate: float = 1
name = 'a' "b"
on = True
xs = [1, 2.0, None]
opts = {'k': {'a': [True]}}
whole = 2.0; big = 1e21
nothing = None
bad = float('nan'); up = -float('inf'); top = np.inf
later = n * 2
t = (1, 2)`;

test('parameters are typed literals', () => {
  const { parameters } = value([
    [PARAMETERS, 'parameters'],
    ['print(n)', 'step:a']
  ]);
  expect(parameters.map(({ name, type, default: given }) => [name, type, given])).toEqual([
    ['n', 'int', -3],
    ['rate', 'float', 1],
    ['name', 'str', 'ab'],
    ['on', 'bool', true],
    ['xs', 'list', [1, { $float: '2.0' }, null]],
    ['opts', 'dict', { k: { a: [true] } }],
    ['whole', 'float', { $float: '2.0' }],
    ['big', 'float', { $float: '1e+21' }],
    ['nothing', 'none', null],
    ['bad', 'float', { $float: 'nan' }],
    ['up', 'float', { $float: '-inf' }],
    ['top', 'float', { $float: 'inf' }]
  ]);
  expect(parameters[0]).toMatchObject({ description: 'rows to take', position: { cell: 1, line: 1, column: 1 } });
});

test.each([
  ['n', '7', 7],
  ['n', '-1_000', -1000],
  ['rate', '2', { $float: '2.0' }],
  ['rate', '2.5', 2.5],
  ['rate', '99999999999999999999', { $float: '100000000000000000000.0' }],
  ['rate', '1e999', { $float: 'inf' }],
  ['rate', '1_000', { $float: '1000.0' }],
  ['rate', '-inf', { $float: '-inf' }],
  ['name', ' true ', ' true '],
  ['on', 'False', false],
  ['xs', '["a", null]', ['a', null]],
  ['xs', "['a', None]", ['a', null]],
  ['opts', '{"a": true}', { a: true }],
  ['xs', '[1.0, true, nan]', [{ $float: '1.0' }, true, { $float: 'nan' }]],
  ['opts', '{"true": "null", "q": "it\'s \\ud83d\\ude00"}', { true: 'null', q: "it's 😀" }],
  ['nothing', 'abc def', 'abc def'],
  ['nothing', 'true', true],
  ['nothing', '[1]', [1]]
])('-p %s=%s', (name, text, expected) => {
  const { parameters } = value([[PARAMETERS, 'parameters']]);
  expect(givenValues([[name, text]], parameters)).toEqual({ values: { [name]: expected }, problems: [] });
});

test.each([
  ['n', 'abc', 'parameter-type'],
  ['n', '1.5', 'parameter-type'],
  ['n', '99999999999999999999', 'parameter-type'],
  ['opts', '{"$float": "nan"}', 'parameter-type'],
  ['rate', 'fast', 'parameter-type'],
  ['on', 'maybe', 'parameter-type'],
  ['xs', '{}', 'parameter-type'],
  ['rat', '1', 'parameter-unknown'],
  ['__proto__', '1', 'parameter-unknown']
])('-p %s=%s is refused', (name, text, code) => {
  const { problems } = givenValues([[name, text]], value([[PARAMETERS, 'parameters']]).parameters);
  expect(problems).toMatchObject([{ code }]);
  expect(problems[0]!.fix?.includes("'rate'") ?? false).toBe(name === 'rat');
});

test('the same notebook gives the same bytes', () => {
  const rows: Row[] = [['import os'], ['a = 1'], ['b = a'], ['c = 3'], ['print(b, c)']];
  expect(canonical(value(rows))).toBe(canonical(value(rows)));
  expect(canonical({ b: 1, a: [{ d: 1, c: undefined }] })).toBe('{"a":[{"d":1}],"b":1}');
});

test('a name that only a skipped cell binds is told with that cell', () => {
  const { diagnostics } = value([
    ['a = 1', 'step:a'],
    ['tried = 2', 'skip'],
    ['print(a, tried)', 'step:b']
  ]);
  expect(diagnostics).toMatchObject([
    { code: 'undefined-name', range: { cell: 3, line: 1, column: 10 }, message: expect.stringContaining('cell 2') }
  ]);
});

test('settings are checked field by field', () => {
  const reading = readNotebook({
    nbformat: 4,
    metadata: {},
    cells: [
      {
        cell_type: 'code',
        source: 'a = 1',
        metadata: {
          tags: ['step:a'],
          cellway: { memory: '2Gi', retry: 'x', imge: 'y', env: { A: 1 }, resources: { gpu: 1 } }
        }
      }
    ]
  });
  const { steps, diagnostics } = pipeline(reading.ok ? reading.notebook : (null as never), { name: 'x' });
  expect(steps[0]!.settings).toEqual({ memory: 2 ** 31, gpu: 1 });
  expect(diagnostics.map(({ code }) => code)).toEqual(['setting-type', 'setting-type', 'setting-unknown']);
});
