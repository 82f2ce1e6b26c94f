import { normal } from './files';
import { type Written, blockOf, edgesOf, flowOf } from './testing/cells';

const cases: readonly (readonly [string, readonly Written[], readonly string[]])[] = [
  [
    'read after write',
    [
      ['a', 'open("x.txt", "w").write("1")'],
      ['b', 'open("x.txt").read()']
    ],
    ['a>b:x.txt']
  ],
  [
    'a module that an earlier step wrote, also where its import is replayed',
    [
      ['a', '%%writefile helper.py\nn = 1'],
      ['b', 'import helper'],
      ['c', 'print(helper.n)']
    ],
    ['a>b:helper.py', 'a>c:helper.py']
  ],
  [
    'write after read',
    [
      ['a', 'open("x.txt").read()'],
      ['b', 'open("x.txt", "w")']
    ],
    ['a>b:x.txt']
  ],
  [
    'write after write',
    [
      ['a', 'open("x.txt", "w")'],
      ['b', 'open("x.txt", "a")']
    ],
    ['a>b:x.txt']
  ],
  [
    'reads are free',
    [
      ['a', 'open("x.txt")'],
      ['b', 'open("x.txt")']
    ],
    []
  ],
  [
    'a writer waits for all readers since the last',
    [
      ['a', 'open("x.txt")'],
      ['b', 'open("x.txt")'],
      ['c', 'open("x.txt", "w")']
    ],
    ['a>c:x.txt', 'b>c:x.txt']
  ],
  [
    'one path, two ways to write it',
    [
      ['a', 'open("./d/../x.txt", "w")'],
      ['b', 'open("x.txt")']
    ],
    ['a>b:x.txt']
  ],
  [
    'pandas',
    [
      ['a', 'import pandas as pd\npd.DataFrame().to_csv("d.csv")'],
      ['b', 'import pandas as pd\npd.read_csv("d.csv")']
    ],
    ['a>b:d.csv']
  ],
  [
    'paths put together',
    [
      ['a', 'from pathlib import Path\n(Path("d") / "x.txt").write_text("1")'],
      ['b', 'open("d/x.txt")']
    ],
    ['a>b:d/x.txt']
  ],
  [
    'a cell that writes a file',
    [
      ['a', '%%writefile m.py\nx = 1'],
      ['b', '%run m.py']
    ],
    ['a>b:m.py']
  ],
  [
    'an address is no file',
    [
      ['a', 'import pandas as pd\npd.read_csv("https://h/x.csv")'],
      ['b', 'open("x.csv", "w")']
    ],
    []
  ]
];

test.each(cases)('%s', (_title, blocks, edges) => {
  expect(edgesOf(flowOf(blocks), 'file')).toEqual(edges);
});

test('a block lists what it reads and writes', () => {
  const flow = flowOf([['a', 'open("r.txt")\nopen("w.txt", "w")']]);
  expect(blockOf(flow, 'a').files).toEqual({ reads: ['r.txt'], writes: ['w.txt'] });
});

test.each([
  ['./a', 'a'],
  ['a//b', 'a/b'],
  ['a/../b', 'b'],
  ['../a', '../a'],
  ['/a/./b', '/a/b']
])('%s is %s', (path, plain) => {
  expect(normal(path)).toBe(plain);
});
