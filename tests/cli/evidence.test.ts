import { Scratch } from './command';

/** What a run sees and the text does not show decides the next analysis of the notebook. */
let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
  scratch.write(
    'hidden.py',
    `import random, time
import numpy as np

def noise(wait):
    time.sleep(wait)
    return float(np.random.rand())

def save(text):
    time.sleep(0.5)
    open("-".join(["made", "by", "hidden.txt"]), "w").write(text)

def load():
    try:
        return open("-".join(["made", "by", "hidden.txt"])).read()
    except FileNotFoundError:
        return None

def must_load():
    return open("-".join(["made", "by", "hidden.txt"])).read()

def listed():
    import os
    return sorted(name for name in os.listdir(".") if name.startswith("made"))

def grow(frame):
    frame.items.append(1)
`
  );
});
afterAll(() => scratch.close());

const order = async (path: string): Promise<string[]> => {
  const { stdout } = await scratch.run(['graph', path, '--json']);
  const { edges } = JSON.parse(stdout) as {
    edges: { from: string; to: string; names: { name: string; kind: string }[] }[];
  };
  return edges.flatMap(({ from, to, names }) => names.map(({ name, kind }) => `${from}>${to}:${kind} ${name}`));
};

/** Stops the first time, is the notebook's the second; `edge` is known only then. */
async function learns(path: string, code: string, edge: string): Promise<void> {
  expect(await order(path)).not.toContain(edge);
  // The same code in another test's notebook has results: a step that comes from them is not beside anything.
  const first = await scratch.run(['run', path, '--no-cache']);
  expect(first.stdout).toContain(`[${code}]`);
  expect(first.stdout).toContain('Run it again');
  expect(first.code).toBe(3);
  expect(await order(path)).toContain(edge);
  const second = await scratch.run(['verify', path]);
  expect(second).toMatchObject({ code: 0 });
}

test('draws in a local module stop the first run and order the second', async () => {
  const path = scratch.notebook('draws.ipynb', [
    ['import numpy as np, hidden\nnp.random.seed(0)'],
    ['a = hidden.noise(0.5)\nprint(a)', 'step:a'],
    ['b = hidden.noise(0)\nprint(b)', 'step:b']
  ]);
  await learns(path, 'ambient-unseen', 'a>b:ambient numpy.random');
  const shown = await scratch.run(['graph', path]);
  expect(shown.stdout).toContain('Known from earlier runs, not from the text: what cells 2, 3 did.');
  const checked = await scratch.run(['check', path]);
  expect(checked.stdout).toMatch(/draws\.ipynb:2:1:1 info seen-before .*draw from numpy\.random/);
});

test('draws in a cell before the one that seeds count', async () => {
  const path = scratch.notebook('before-seed.ipynb', [
    ['import numpy as np, hidden\nnp.random.seed(0)'],
    ['a = hidden.noise(0.5)', 'step:a'],
    ['b = hidden.noise(0.0)\nprint(b)', 'step:b'],
    ['np.random.seed(1)\nprint(np.random.rand())']
  ]);
  await learns(path, 'ambient-unseen', 'a>b:ambient numpy.random');
});

test('a file that a local module writes and reads orders the second run', async () => {
  const path = scratch.notebook('files.ipynb', [
    ['import hidden'],
    ['hidden.save("x")', 'step:a'],
    ['print(hidden.load())', 'step:b']
  ]);
  await learns(path, 'file-unseen', 'a>b:file made-by-hidden.txt');
});

test('a step that fails for a file which another step writes at the same time is told why', async () => {
  const path = scratch.notebook('missing.ipynb', [
    ['import hidden'],
    ['hidden.save("x")', 'step:a'],
    ['print(hidden.must_load())', 'step:b']
  ]);
  await learns(path, 'file-unseen', 'a>b:file made-by-hidden.txt');
});

test('a listing beside a step that adds to the folder stops the run and is ordered the next time', async () => {
  const path = scratch.notebook('listing.ipynb', [
    ['import hidden'],
    ['hidden.save("x")', 'step:a'],
    ['print(hidden.listed())', 'step:b']
  ]);
  await learns(path, 'file-unseen', 'a>b:file made-by-hidden.txt');
});

test('an edited cell is another cell: what was seen of the old one is not held against it', async () => {
  const rows = (extra: string): [string, ...string[]][] => [
    ['import numpy as np, hidden\nnp.random.seed(0)'],
    [`a = hidden.noise(0.5)${extra}`, 'step:a'],
    [`b = hidden.noise(0)${extra}`, 'step:b']
  ];
  const path = scratch.notebook('edited.ipynb', rows(''));
  expect((await scratch.run(['run', path])).code).toBe(3);
  expect(await order(path)).toContain('a>b:ambient numpy.random');
  scratch.notebook('edited.ipynb', rows('  # edited'));
  expect(await order(path)).toEqual([]);
});
