import { type Written, blockOf, edgesOf, flowOf } from './testing/cells';

/** Title, blocks, what block `b` replays, and the values it takes. */
const cases: readonly (readonly [string, readonly Written[], readonly string[], readonly string[]])[] = [
  [
    'an import is made again',
    [
      ['a', 'import math'],
      ['b', 'math.pi']
    ],
    ['import math'],
    []
  ],
  [
    'only the statement that is needed',
    [
      ['a', 'import os\nimport math'],
      ['b', 'math.pi']
    ],
    ['import math'],
    []
  ],
  [
    'a function with what its making reads, in order',
    [
      ['a', 'import functools\n@functools.cache\ndef f(n):\n    return n'],
      ['b', 'f(1)']
    ],
    ['import functools', '@functools.cache\ndef f(n):\n    return n'],
    []
  ],
  [
    'a function with what it reads when it is called',
    [
      ['a', 'import math\ndef f():\n    return math.pi'],
      ['b', 'f()']
    ],
    ['import math', 'def f():\n    return math.pi'],
    []
  ],
  [
    'a class with its base',
    [
      ['a', 'class A: pass\nclass B(A): pass'],
      ['b', 'B()']
    ],
    ['class A: pass', 'class B(A): pass'],
    []
  ],
  [
    'a function whose default is a value travels',
    [
      ['a', 'n = [1]\ndef f(x=n): return x'],
      ['b', 'f()']
    ],
    [],
    ['f']
  ],
  [
    'a function with a mutable default is made again as long as nobody changes it',
    [
      ['a', 'def f(x=[]): return x'],
      ['b', 'f()']
    ],
    ['def f(x=[]): return x'],
    []
  ],
  [
    'a conditional import as a whole',
    [
      ['a', 'try:\n    import ujson as js\nexcept ImportError:\n    import json as js'],
      ['b', 'js.dumps(1)']
    ],
    ['try:\n    import ujson as js\nexcept ImportError:\n    import json as js'],
    []
  ],
  [
    'a literal of setup',
    [
      ['setup', 'SEED = 7'],
      ['b', 'SEED']
    ],
    ['SEED = 7'],
    []
  ],
  [
    'a literal of a step travels',
    [
      ['a', 'SEED = 7'],
      ['b', 'SEED']
    ],
    [],
    ['SEED']
  ],
  [
    'a list of setup travels',
    [
      ['setup', 'XS = [1]'],
      ['b', 'XS']
    ],
    [],
    ['XS']
  ],
  [
    'a rebound import is a value',
    [
      ['a', 'import math\nmath = 3'],
      ['b', 'math']
    ],
    [],
    ['math']
  ],
  [
    'a function with an attribute of its own travels',
    [
      ['a', 'def f(): pass\nf.n = 1'],
      ['b', 'f.n']
    ],
    [],
    ['f']
  ],
  [
    'a class with a changed attribute travels',
    [
      ['a', 'class K: pass\nK.n = 1'],
      ['b', 'K.n']
    ],
    [],
    ['K']
  ],
  [
    'a decorator of the notebook is called where it stands',
    [
      ['a', 'def d(f): return f\n@d\ndef g(): pass'],
      ['b', 'g()']
    ],
    [],
    ['g']
  ]
];

test.each(cases)('%s', (_title, blocks, replayed, values) => {
  const flow = flowOf(blocks);
  expect(blockOf(flow, 'b').replay.map(r => r.source)).toEqual(replayed);
  expect(edgesOf(flow, 'value').map(e => e.split(':')[1])).toEqual(values);
});

test('a definition that a step changes is replayed before and travels after', () => {
  const flow = flowOf([
    ['a', 'def f(): pass'],
    ['b', 'f.seen = 1'],
    ['c', 'f.seen']
  ]);
  expect(edgesOf(flow, 'value')).toContain('b>c:f');
  expect(blockOf(flow, 'c').replay).toEqual([]);
});

test('definitions list all that can be made again, each after what it needs', () => {
  const { definitions } = flowOf([['a', 'import math\nclass A: pass\nclass B(A): r = math.pi\nx = 1']]);
  expect(Object.keys(definitions).sort()).toEqual(['A', 'B', 'math']);
  expect(definitions.B!.map(r => r.names[0])).toEqual(['math', 'A', 'B']);
});
