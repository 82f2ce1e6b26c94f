import { edgesOf, flowOf, type Written } from './testing/cells';

/** Title, blocks, and every flow between them as `from>to:name`. */
const cases: readonly (readonly [string, readonly Written[], readonly string[]])[] = [
  [
    'steps that each use a loop variable do not wait for each other',
    [
      ['a', 'n = 0\nfor i in rows_a():\n    n += i'],
      ['b', 'm = 0\nfor i in rows_b():\n    m += i']
    ],
    []
  ],
  [
    'who reads it afterwards may get that of any of them',
    [
      ['a', 'i = 5'],
      ['b', 'for i in rows_b():\n    pass'],
      ['c', 'for i in rows_c():\n    pass'],
      ['d', 'print(i)']
    ],
    ['a>b:i', 'b>c:i', 'c>d:i']
  ],
  [
    'what the block reads itself is taken, whoever comes later',
    [
      ['a', 'x = 1'],
      ['b', 'if flag():\n    x = 2\nprint(x)']
    ],
    ['a>b:x']
  ],
  [
    'a change later on is a taker too',
    [
      ['a', 'x = [1]'],
      ['b', 'if flag():\n    x = [2]'],
      ['c', 'x.append(3)']
    ],
    ['a>b:x', 'b>c:x']
  ],
  [
    'code that looks at all names is one',
    [
      ['a', 'x = 1'],
      ['b', 'if flag():\n    x = 2'],
      ['c', 'print(eval(text()))']
    ],
    ['a>b:x', 'b>c:x']
  ]
];

test.each(cases)('%s', (_, blocks, expected) => {
  expect(edgesOf(flowOf(blocks), 'value')).toEqual(expected);
});
