import { normal } from './files';
import { shellUses } from './shell';
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
    'a list of a folder and who writes into it',
    [
      ['a', 'open("out/x.txt", "w")'],
      ['b', 'import os\nos.listdir("out")'],
      ['c', 'open("out/y.txt", "w")'],
      ['d', 'open("other/y.txt", "w")']
    ],
    ['a>b:out/x.txt', 'b>c:out/y.txt']
  ],
  [
    'a pattern of names',
    [
      ['a', 'open("out/x.csv", "w")\nopen("top.csv", "w")'],
      ['b', 'import glob\nglob.glob("out/*.csv")'],
      ['c', 'from pathlib import Path\nsorted(Path("out").glob("*.csv"))'],
      ['d', 'import glob\nglob.glob("*.csv")'],
      ['e', 'import os\nfor top, folders, files in os.walk("."):\n    pass']
    ],
    ['a>b:out/x.csv', 'a>c:out/x.csv', 'a>d:out/x.csv', 'a>d:top.csv', 'a>e:out/x.csv', 'a>e:top.csv']
  ],
  [
    'a list of a folder whose name only the run knows',
    [
      ['a', 'open("out/x.txt", "w")'],
      ['b', 'import os, sys\nos.listdir(sys.argv[1])'],
      ['c', 'open("out/y.txt", "w")']
    ],
    ['a>b:out/x.txt']
  ],
  [
    'files whose names only the run knows, and a list of them',
    [
      ['a', 'for n in range(3):\n    open(f"out/{n}.txt", "w")'],
      ['b', 'open("z.txt")'],
      ['c', 'import os\nos.listdir("out")'],
      ['d', 'for n in range(3):\n    open(f"out/{n}.txt", "w")']
    ],
    ['a>c:out/', 'c>d:out/']
  ],
  [
    'shell commands that say what they touch',
    [
      ['a', '!echo 1 > x.txt'],
      ['b', '!cat x.txt | wc -l'],
      ['c', 'import os\nos.system("head y.txt")'],
      ['d', '%%bash\nls\necho 2 >> x.txt'],
      ['e', '!pip install x'],
      ['f', 'open("x.txt")']
    ],
    ['a>b:x.txt', 'a>d:x.txt', 'b>d:x.txt', 'd>f:x.txt']
  ],
  [
    'another program may touch any file',
    [
      ['a', 'open("x.txt", "w")'],
      ['b', '!make all'],
      ['c', 'open("y.txt")'],
      ['d', 'z = 1'],
      ['e', 'import subprocess, sys\nsubprocess.run([sys.executable, "it.py"])']
    ],
    ['a>b:x.txt', 'b>c:y.txt', 'b>e:*', 'c>e:y.txt']
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
  ['/a/./b', '/a/b'],
  ['./', './'],
  ['a//', 'a/'],
  ['./a/', 'a/']
])('%s is %s', (path, plain) => {
  expect(normal(path)).toBe(plain);
});

test.each<[string, string[]]>([
  ['cat a.txt b.txt', ['r a.txt', 'r b.txt']],
  ['FOO=1 sort < in.txt > out.txt', ['w *']],
  ['grep -c x data/*.csv', ['r x', 'r data/']],
  ['mv a.txt b.txt', ['w a.txt', 'w b.txt', 'w b.txt/']],
  ['rm -f old.txt', ['w old.txt']],
  ['echo hi 2>&1 > log.txt', ['w log.txt']],
  ['echo hi > /dev/null', []],
  ['python -m pip install x', []],
  ['python --version', []],
  ['cat {name}', ['w *']],
  ['cat $(ls)', ['w *']],
  ['ls -l data', ['r data/']],
  ['find . -name "*.csv" -delete', ['w *']],
  ['curl https://x.org', []],
  ['curl -o f https://x.org', ['w *']]
])('%s', (command, uses) => {
  expect(shellUses(command).map(({ path, write }) => `${write ? 'w' : 'r'} ${path}`)).toEqual(uses);
});
