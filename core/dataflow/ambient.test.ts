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

test('what a local module holds goes to who may meet it', () => {
  const evidence = (source: string) => (source.includes('bump') ? { changes: ['module:mine'] } : undefined);
  const flow = flowOf(
    [
      ['a', 'import mine\nmine.bump()\nv = [1]'],
      ['b', 'import mine\nmine.look()'],
      ['c', 'x = 1'],
      ['d', 'print(v)']
    ],
    { evidence, isLocal: module => module === 'mine' }
  );
  expect(edgesOf(flow, 'ambient')).toEqual(['a>b:module:mine', 'a>d:module:mine']);
});

const HIDDEN: readonly (readonly [string, string])[] = [
  ['a random forest', 'RandomForestClassifier().fit(X, y)'],
  ['a forest in a pipeline', 'make_pipeline(StandardScaler(), RandomForestClassifier()).fit(X, y)'],
  [
    'a forest in a pipeline written out',
    'Pipeline([("s", StandardScaler()), ("f", RandomForestClassifier())]).fit(X, y)'
  ],
  ['a search over a forest', 'GridSearchCV(RandomForestClassifier(), {}).fit(X, y)'],
  ['a random search', 'RandomizedSearchCV(LinearRegression(), {}).fit(X, y)'],
  ['a copy of a forest', 'clone(RandomForestClassifier()).fit(X, y)'],
  ['a forest by cross validation', 'cross_val_score(RandomForestClassifier(), X, y)'],
  ['a forest by cross validation, by keyword', 'cross_validate(estimator=RandomForestClassifier(), X=X, y=y)'],
  ['shuffled folds', 'cross_val_score(LinearRegression(), X, y, cv=KFold(3, shuffle=True))'],
  ['shuffled folds gone through', 'for a, b in KFold(3, shuffle=True).split(X):\n    pass'],
  ['random splits', 'list(ShuffleSplit(3).split(X))'],
  ['a support vector machine', 'SVR().fit(X, y)'],
  ['a solver that draws', 'LogisticRegression(solver="saga").fit(X, y)'],
  ['a mixture that makes up data', 'g = GaussianMixture(2)\ng.sample(3)'],
  ['models by name', 'for n, e in {"f": RandomForestClassifier()}.items():\n    e.fit(X, y)'],
  ['a frozen distribution', 'import scipy.stats as st\nst.norm(0, 1).rvs(3)'],
  ['no seed after all', 'RandomForestClassifier(random_state=None).fit(X, y)']
];
const STILL: readonly (readonly [string, string])[] = [
  ['a seeded forest', 'RandomForestClassifier(random_state=0).fit(X, y)'],
  ['a seed by **', 'p = {"random_state": 0}\nRandomForestClassifier(**p).fit(X, y)'],
  [
    'a seeded forest in a pipeline',
    'make_pipeline(StandardScaler(), RandomForestClassifier(random_state=0)).fit(X, y)'
  ],
  ['folds in order', 'cross_val_score(LinearRegression(), X, y, cv=KFold(3))'],
  ['a solver that does not draw', 'LogisticRegression().fit(X, y)'],
  ['a scorer', 'make_scorer(len)'],
  ['a forest that is only made', 'RandomForestClassifier()']
];
const LIBRARIES = `from sklearn.svm import SVR
from sklearn.base import clone
from sklearn.metrics import make_scorer
from sklearn.mixture import GaussianMixture
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, KFold, ShuffleSplit, cross_val_score, cross_validate
from sklearn.pipeline import make_pipeline, Pipeline
from sklearn.preprocessing import StandardScaler
import numpy as np
X = y = np.arange(9)`;
const drawnBefore = (code: string) =>
  edgesOf(
    flowOf([
      ['setup', LIBRARIES],
      ['a', code],
      ['b', 'z = np.random.rand()']
    ]),
    'ambient'
  );

test.each(HIDDEN)('%s draws', (_title, code) => {
  expect(drawnBefore(code)).toEqual(['a>b:numpy.random']);
});

test.each(STILL)('%s does not draw', (_title, code) => {
  expect(drawnBefore(code)).toEqual([]);
});

test.each([
  ['a model', 'RandomForestClassifier(random_state=rng).fit(X, y)'],
  ['a model in a pipeline', 'make_pipeline(RandomForestClassifier(random_state=rng)).fit(X, y)'],
  ['a function', 'from sklearn.utils import shuffle\nshuffle(X, random_state=rng)'],
  ['a frame', 'import pandas as pd\npd.DataFrame(X).sample(2, random_state=rng)']
])('a generator given to %s moves on', (_title, code) => {
  const flow = flowOf([
    ['setup', LIBRARIES],
    ['r', 'rng = np.random.RandomState(0)'],
    ['a', code],
    ['b', 'rng.rand()']
  ]);
  expect(edgesOf(flow, 'value')).toEqual(expect.arrayContaining(['a>b:rng', 'r>a:rng']));
});

test.each(cases)('%s', (_title, blocks, edges) => {
  expect(edgesOf(flowOf([IMPORTS, ...blocks]), 'ambient')).toEqual(edges);
});

test('who seeds before drawing needs no state and sets it', () => {
  const flow = flowOf([IMPORTS, ['a', 'random.random()'], ['b', 'random.seed(3)']]);
  expect(blockOf(flow, 'b').ambient).toEqual({
    loads: [],
    changes: ['random'],
    sets: ['random'],
    setIn: { random: 'cell-3' }
  });
  expect(blockOf(flow, 'a').uncacheable).toEqual(['unseeded']);
});
