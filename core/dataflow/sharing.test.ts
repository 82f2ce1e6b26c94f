import { type Written, blockOf, flowOf } from './testing/cells';

/** Title, blocks, the block to look at, and what it loads from where. */
const cases: readonly (readonly [string, readonly Written[], string, readonly string[]])[] = [
  [
    'names that share nothing come from where each was made',
    [
      ['a', 'x = [1]'],
      ['b', 'y = [2]'],
      ['c', 'x, y']
    ],
    'c',
    ['x<a', 'y<b']
  ],
  [
    'an alias brings the name it shares with',
    [
      ['a', 'x = [1]'],
      ['b', 'y = x'],
      ['c', 'x, y']
    ],
    'c',
    ['x<b', 'y<b']
  ],
  [
    'groups see their frame',
    [
      ['a', 'import pandas as pd\ndf = pd.DataFrame()\ng = df.groupby("k")'],
      ['b', 'df["v"] = 1'],
      ['c', 'print(g.sum())']
    ],
    'c',
    ['g<b']
  ],
  [
    'a container and its part',
    [
      ['a', 'x = [1]'],
      ['b', 'd = {"k": x}'],
      ['c', 'd, x']
    ],
    'c',
    ['d<b', 'x<b']
  ],
  [
    'a part that was once inside comes along all the same',
    [
      ['a', 'x = [1]\nd = {"k": x}\nd["k"] = None'],
      ['b', 'x.append(1)'],
      ['c', 'd, x']
    ],
    'c',
    ['d<b', 'x<b']
  ],
  [
    'who changes an alias holds the other name',
    [
      ['a', 'x = [1]\ny = x'],
      ['b', 'y.append(2)'],
      ['c', 'x']
    ],
    'b',
    ['x<a', 'y<a']
  ],
  [
    'a block on the way holds what it must hand on',
    [
      ['a', 'p = [1]\nq = [p]'],
      ['b', 'r = p'],
      ['c', 'q, r']
    ],
    'b',
    ['p<a', 'q<a']
  ]
];

test.each(cases)('%s', (_title, blocks, name, inputs) => {
  expect(blockOf(flowOf(blocks), name).inputs.map(i => `${i.name}<${i.from}`)).toEqual(inputs);
});
