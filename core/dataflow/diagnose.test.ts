import { type Written, flowOf } from './testing/cells';

/** Title, blocks, `code cell:line:column` and a part of the message. */
const cases: readonly (readonly [string, readonly Written[], string, string])[] = [
  ['a name that nobody binds', [['a', 'x = 1\nprint(y)']], 'undefined-name 1:2:7', '`y` is not defined here'],
  [
    'a name that is bound later',
    [
      ['a', 'y'],
      ['b', 'y = 1']
    ],
    'used-before-definition 1:1:1',
    'cell 2 binds it later'
  ],
  ['a name that only a skipped cell binds', [['a', 'z']], 'undefined-name 1:1:1', 'only cell 9 binds it'],
  [
    'setup that reads a step',
    [
      ['a', 'x = 1'],
      ['setup', 'x + 1']
    ],
    'setup-reads-step 2:1:1',
    'step `a` makes'
  ],
  [
    'state of a module',
    [
      ['a', 'import string\nx = [1]\nstring.more = x'],
      ['b', 'import string']
    ],
    'module-state 1:3:1',
    '`string.more`'
  ],
  [
    'a generator',
    [
      ['a', 'def g():\n    yield 1\nx = g()'],
      ['b', 'next(x)']
    ],
    'cannot-travel 1:3:1',
    'is a generator'
  ],
  [
    'an open file',
    [
      ['a', 'f = open("x")'],
      ['b', 'f.read()']
    ],
    'cannot-travel 1:1:1',
    'is an open file'
  ],
  [
    'a lock',
    [
      ['a', 'import threading\nlk = threading.Lock()'],
      ['b', 'lk.acquire()']
    ],
    'cannot-travel 1:2:1',
    'is a lock'
  ],
  [
    'a connection inside a dict',
    [
      ['a', 'import sqlite3\nd = {"c": sqlite3.connect("x.db")}'],
      ['b', 'd["c"]']
    ],
    'cannot-travel 1:2:1',
    'holds a database connection'
  ],
  [
    'a socket',
    [
      ['a', 'import socket\ns = socket.socket()'],
      ['b', 's.close()']
    ],
    'cannot-travel 1:2:1',
    'is a socket'
  ],
  [
    'a set from another step',
    [
      ['a', 's = {"x", "y"}'],
      ['b', 'for v in s:\n    print(v)']
    ],
    'set-order 2:1:10',
    '`s` is a set from step `a`'
  ],
  [
    'steps that draw without a seed',
    [
      ['a', 'import random\nrandom.random()'],
      ['b', 'import random\nrandom.random()']
    ],
    'unseeded-random 1:2:1',
    'Steps `a`, `b` draw from `random`'
  ],
  [
    'a function that keeps its results prints in the step that calls it first',
    [
      ['a', 'import functools\n@functools.lru_cache(maxsize=None)\ndef f(n):\n    print(n)\n    return n\nf(1)'],
      ['b', 'f(1)']
    ],
    'cached-function 2:1:1',
    '`f` keeps its results (functools) and calls `print`: step `a` has called it already'
  ],
  [
    'one that changes what is outside of it, through another function',
    [
      ['a', 'from functools import cache\nlog = []\n@cache\ndef f(n):\n    log.append(n)\ndef g():\n    f(1)\ng()'],
      ['b', 'g()']
    ],
    'cached-function 2:1:1',
    'changes `log`'
  ]
];

test.each(cases)('%s', (_title, blocks, where, part) => {
  const { diagnostics } = flowOf(blocks, { skipped: new Map([['z', { cell: 9 }]]) });
  const shown = diagnostics.map(d => `${d.code} ${d.range?.cell}:${d.range?.line}:${d.range?.column}`);
  expect(shown).toContain(where);
  expect(diagnostics[shown.indexOf(where)]!.message).toContain(part);
  expect(diagnostics[shown.indexOf(where)]!.fix?.title).toBeTruthy();
});

test.each<readonly [string, readonly Written[]]>([
  [
    'sorting a set shows no order',
    [
      ['a', 's = {"x", "y"}'],
      ['b', 'print(sorted(s), len(s), "x" in s)']
    ]
  ],
  [
    'a function that keeps its results and does nothing else; one that only one step calls',
    [
      ['a', 'from functools import cache\n@cache\ndef f(n):\n    out = []\n    out.append(n)\n    return out\nf(1)'],
      ['b', 'f(1)\n@cache\ndef g(n):\n    print(n)\ng(1)'],
      ['c', 'f(2)']
    ]
  ],
  ['a set of the same step', [['a', 's = {"x"}\nfor v in s:\n    print(v)']]],
  [
    'a seed makes draws repeatable',
    [
      ['a', 'import random\nrandom.seed(1)\nrandom.random()'],
      ['b', 'import random\nrandom.random()']
    ]
  ],
  ['a name that a star import may bind', [['a', 'from somewhere import *\nprint(y)']]],
  [
    'a generator used in its own step',
    [
      ['a', 'x = sum(v for v in [1])'],
      ['b', 'x']
    ]
  ]
])('nothing to say: %s', (_title, blocks) => {
  expect(flowOf(blocks).diagnostics).toEqual([]);
});
