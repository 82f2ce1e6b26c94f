import { type Written, blockOf, edgesOf, flowOf } from './testing/cells';

const IMPORTS: Written = ['setup', 'import random, os, warnings\nimport numpy as np\nimport pandas as pd'];

const cases: readonly (readonly [string, readonly Written[], readonly string[]])[] = [
  [
    'draws are a chain',
    [
      ['a', 'random.random()'],
      ['b', 'random.random()'],
      ['c', 'random.random()']
    ],
    ['a>b:random', 'b>c:random']
  ],
  [
    'a seed starts a new chain',
    [
      ['a', 'random.random()'],
      ['b', 'random.seed(1)\nrandom.random()'],
      ['c', 'random.random()']
    ],
    ['b>c:random']
  ],
  [
    'a seed on a branch continues the chain',
    [
      ['a', 'x = random.random()'],
      ['b', 'if x > 1:\n    random.seed(1)']
    ],
    ['a>b:random']
  ],
  [
    'generators of different libraries are apart',
    [
      ['a', 'random.random()'],
      ['b', 'np.random.rand(1)']
    ],
    []
  ],
  [
    'a generator in a variable is a value',
    [
      ['a', 'r = np.random.default_rng(0)'],
      ['b', 'r.random()']
    ],
    []
  ],
  [
    'an option reaches all later steps',
    [
      ['a', 'pd.set_option("display.width", 9)'],
      ['b', 'x = 1'],
      ['c', 'y = 1']
    ],
    ['a>b:pandas.options', 'a>c:pandas.options']
  ],
  [
    'the last one who set it is taken',
    [
      ['a', 'os.environ["A"] = "1"'],
      ['b', 'os.environ["B"] = "1"'],
      ['c', 'z = 1']
    ],
    ['a>b:environ', 'b>c:environ']
  ],
  [
    'the level of a logger',
    [
      ['a', 'import logging\nlogging.getLogger("me").setLevel(40)'],
      ['b', 'z = 1']
    ],
    ['a>b:logging']
  ],
  [
    'a limit of the process',
    [
      ['a', 'import sys\nsys.setrecursionlimit(5000)'],
      ['b', 'z = 1']
    ],
    ['a>b:process']
  ],
  [
    'draws of a distribution',
    [
      ['a', 'import scipy.stats as st\nx = st.norm.rvs(size=2)'],
      ['b', 'y = np.random.rand()']
    ],
    ['a>b:numpy.random']
  ],
  [
    'a filter of warnings',
    [
      ['a', 'warnings.simplefilter("ignore")'],
      ['b', 'z = 1']
    ],
    ['a>b:warnings']
  ]
];

test.each(cases)('%s', (_title, blocks, edges) => {
  expect(edgesOf(flowOf([IMPORTS, ...blocks]), 'ambient')).toEqual(edges);
});

test('who seeds before drawing needs no state and sets it', () => {
  const flow = flowOf([IMPORTS, ['a', 'random.random()'], ['b', 'random.seed(3)']]);
  expect(blockOf(flow, 'b').ambient).toEqual({ loads: [], changes: ['random'], sets: ['random'] });
  expect(blockOf(flow, 'a').uncacheable).toEqual(['unseeded']);
});
