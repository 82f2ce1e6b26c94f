import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Bench, build } from './testing/pipelines';

/** The notebook's folder stays as it was, whoever writes in the working copy. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const LARGE = 70 * 2 ** 20;

const writers = [
  ['Python', 'f = open("big", "a")\nf.write("more")\nf.close()'],
  ['in place', 'with open("big", "r+b") as f: f.write(b"MORE")'],
  ['the shell', '!printf more >> big'],
  ['a child process', 'import subprocess\nsubprocess.run(["sh", "-c", "printf more >> big"], check=True)'],
  ['a memory map', 'import numpy as np\nm = np.memmap("big", mode="r+", dtype="u1")\nm[:4] = 77\nm.flush()'],
  ['cutting it', 'import os\nos.truncate("big", 5)']
];

test("a file too large to copy is the user's own still, whoever writes to it", async () => {
  const originals = writers.map((_, at) => {
    bench.file(`big${at}`, 'head');
    const path = join(bench.notebooks, `big${at}`);
    truncateSync(path, LARGE);
    return { path, mtimeMs: statSync(path).mtimeMs };
  });
  const steps = writers.map(([, code], at) => ({
    name: `s${at}`,
    code: [
      `${code!.replaceAll('big', `big${at}`)}\nimport os\nprint(os.path.getsize("big${at}"), open("big${at}", "rb").read(4))`
    ]
  }));
  const ran = await bench.run(build(steps), { options: { parallel: 1 } });
  expect(ran.end.state).toBe('succeeded');
  for (const at of writers.keys()) expect(ran.printed(at + 1)).not.toBe(`${LARGE} b'head'\n`);
  for (const { path, mtimeMs } of originals) {
    expect(statSync(path)).toMatchObject({ size: LARGE, mtimeMs });
    expect(readFileSync(path).subarray(0, 4).toString()).toBe('head');
  }
});

test('a folder that a link leads to is read, and writing there is refused', async () => {
  // Temporary folders may be written to.
  const shared = mkdtempSync(join(homedir(), '.cellway-test-'));
  const inside = join(shared, 'in.txt');
  writeFileSync(inside, 'far');
  symlinkSync(shared, join(bench.notebooks, 'shared'));
  try {
    const read = build([{ name: 'a', code: ['print(open("shared/in.txt").read())'] }]);
    expect((await bench.run(read)).printed(1)).toBe('far\n');
    writeFileSync(inside, 'changed');
    expect((await bench.run(read)).printed(1)).toBe('changed\n');
    const wrote = await bench.run(build([{ name: 'b', code: ['open("shared/in.txt", "w").write("x")'] }]));
    expect(wrote.end).toMatchObject({ state: 'refused', reason: { step: 'b', cell: 1, line: 1 } });
    expect(readFileSync(inside, 'utf8')).toBe('changed');
  } finally {
    rmSync(shared, { recursive: true });
  }
});
