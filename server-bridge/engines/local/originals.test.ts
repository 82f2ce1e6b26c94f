import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, build } from './testing/pipelines';

/** The notebook's folder stays as it was, whoever writes in the working copy. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const LARGE = 70 * 2 ** 20;

test.each([
  ['Python', 'f = open("big.csv", "a")\nf.write("more")\nf.close()'],
  ['in place', 'with open("big.csv", "r+b") as f: f.write(b"MORE")'],
  ['the shell', '!printf more >> big.csv'],
  ['a child process', 'import subprocess\nsubprocess.run(["sh", "-c", "printf more >> big.csv"], check=True)'],
  ['a memory map', 'import numpy as np\nm = np.memmap("big.csv", mode="r+", dtype="u1")\nm[:4] = 77\nm.flush()'],
  ['cutting it', 'import os\nos.truncate("big.csv", 5)']
])("a file too large to copy is the user's own still after %s wrote to it", async (_who, code) => {
  bench.file('big.csv', 'head');
  const original = join(bench.notebooks, 'big.csv');
  truncateSync(original, LARGE);
  const { mtimeMs } = statSync(original);
  const ran = await bench.run(
    build([{ name: 'a', code: [code, 'import os\nprint(os.path.getsize("big.csv"), open("big.csv", "rb").read(4))'] }])
  );
  expect(ran.end.state).toBe('succeeded');
  expect(ran.printed(2)).not.toBe(`${LARGE} b'head'\n`);
  expect(statSync(original)).toMatchObject({ size: LARGE, mtimeMs });
  expect(readFileSync(original).subarray(0, 4).toString()).toBe('head');
});

test('a folder that a link leads to is read, and writing there is refused', async () => {
  mkdirSync(join(bench.folder, 'shared'));
  writeFileSync(join(bench.folder, 'shared', 'in.txt'), 'far');
  symlinkSync(join(bench.folder, 'shared'), join(bench.notebooks, 'shared'));
  const read = await bench.run(build([{ name: 'a', code: ['print(open("shared/in.txt").read())'] }]));
  expect(read.printed(1)).toBe('far\n');
  writeFileSync(join(bench.folder, 'shared', 'in.txt'), 'changed');
  const again = await bench.run(build([{ name: 'a', code: ['print(open("shared/in.txt").read())'] }]));
  expect(again.printed(1)).toBe('changed\n');
  const wrote = await bench.run(build([{ name: 'b', code: ['open("shared/in.txt", "w").write("x")'] }]));
  expect(wrote.end).toMatchObject({ state: 'refused', reason: { step: 'b', cell: 1 } });
  expect(readFileSync(join(bench.folder, 'shared', 'in.txt'), 'utf8')).toBe('changed');
});
