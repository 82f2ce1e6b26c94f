import { blockOf, flowOf } from './testing/cells';

const cases: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'an option, with its import',
    'import pandas as pd\npd.set_option("a", 1)',
    ['import pandas as pd', 'pd.set_option("a", 1)']
  ],
  ['an environment variable', 'import os\nos.environ["A"] = "1"', ['import os', 'os.environ["A"] = "1"']],
  ['a line magic', '%matplotlib inline', ['%matplotlib inline']],
  ['a call into a library', 'import seaborn as sns\nsns.set_theme()', ['import seaborn as sns', 'sns.set_theme()']],
  ['state of a module', 'import string\nstring.extra = 1', ['import string', 'string.extra = 1']],
  ['a seed is not repeated: it is state that flows', 'import random\nrandom.seed(1)', []],
  ['a binding is no setting', 'import random\nx = random.random()', []],
  ['printing sets nothing', 'print(1)', []]
];

test.each(cases)('%s', (_title, setup, repeated) => {
  const flow = flowOf([
    ['setup', setup],
    ['b', 'y = 1']
  ]);
  expect(blockOf(flow, 'b').replay.map(r => r.source)).toEqual(repeated);
});

test('a setting of a step is not repeated', () => {
  const flow = flowOf([
    ['a', '%matplotlib inline'],
    ['b', 'y = 1']
  ]);
  expect(blockOf(flow, 'b').replay).toEqual([]);
});
