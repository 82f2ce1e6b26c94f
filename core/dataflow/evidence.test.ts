import type { Evidence } from './evidence';
import { type Written, edgesOf, flowOf } from './testing/cells';

type Seen = Readonly<Record<string, Evidence>>;

const cases: readonly (readonly [string, readonly Written[], Seen, readonly string[]])[] = [
  [
    'draws that were seen are a chain',
    [
      ['a', 'f(1)'],
      ['b', 'f(2)']
    ],
    { 'f(1)': { draws: ['random'] }, 'f(2)': { draws: ['random'] } },
    ['a>b:ambient random']
  ],
  [
    'a change of a setting reaches all later steps',
    [
      ['a', 'f(1)'],
      ['b', 'x = 1']
    ],
    { 'f(1)': { changes: ['environ'] } },
    ['a>b:ambient environ']
  ],
  [
    'a file that was seen is written and read',
    [
      ['a', 'f(1)'],
      ['b', 'open("d/x.txt")']
    ],
    { 'f(1)': { writes: ['d/x.txt'] } },
    ['a>b:file d/x.txt']
  ],
  [
    'a folder that was listed',
    [
      ['a', 'open("d/x.txt", "w")'],
      ['b', 'f(1)']
    ],
    { 'f(1)': { reads: ['d/'] } },
    ['a>b:file d/x.txt']
  ],
  [
    'a name that was asked for',
    [
      ['a', 'x = []'],
      ['b', 'y = [1]'],
      ['c', 'f(1)']
    ],
    { 'f(1)': { names: ['x', 'gone'] } },
    ['a>c:value x']
  ],
  [
    'a value that was changed in place',
    [
      ['a', 'x = []'],
      ['b', 'f(1)'],
      ['c', 'print(x)']
    ],
    { 'f(1)': { alters: ['x'] } },
    ['a>b:value x', 'b>c:value x']
  ],
  [
    'a function whose state was changed travels',
    [
      ['a', 'def g(): pass'],
      ['b', 'f(1)'],
      ['c', 'g()']
    ],
    { 'f(1)': { alters: ['g'] } },
    ['a>b:value g', 'b>c:value g']
  ]
];

test.each(cases)('%s', (_title, blocks, seen, edges) => {
  const flow = flowOf(blocks, { evidence: source => seen[source] });
  const found = ['ambient', 'file', 'value'].flatMap(kind =>
    edgesOf(flow, kind).map(edge => edge.replace(':', `:${kind} `))
  );
  expect(found).toEqual(edges);
  expect(flow.diagnostics.map(one => one.code)).toContain('seen-before');
  expect(flow.recalled).toEqual(Object.keys(seen));
});

test('what the text shows by itself is not told again', () => {
  const source = 'import random\nrandom.random()\nopen("./x.txt", "w")';
  const seen = { draws: ['random'], writes: ['x.txt'] };
  const flow = flowOf([['a', source]], { evidence: () => seen });
  expect(flow.recalled).toEqual([]);
  expect(flow.diagnostics).toEqual([]);
});
