import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, build, checkout, type Draft, python } from './testing/pipelines';

/** What may stand for running a step again, and what is said when it may not. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

async function why(change: () => void, ...drafts: Draft[]): Promise<string> {
  const first = await bench.run(build(drafts));
  if (first.end.state !== 'succeeded') throw new Error(JSON.stringify(first.end));
  change();
  return (await bench.run(build(drafts))).why(drafts.at(-1)!.name);
}
const nothing = () => undefined;

test('a result that was removed, and a local module that changed, are named', async () => {
  bench.file('mine.py', 'v = 1');
  const a: Draft = { name: 'a', code: ['import mine\nx = mine.v'], outputs: ['x'] };
  expect(await why(() => bench.file('mine.py', 'v = 20'), a)).toBe('file mine.py changed');
  expect(await why(() => rmSync(join(bench.data, 'runs'), { recursive: true }), a)).toBe('result was removed');
});

test('a step seen to use a shell or an unseeded generator, and one told so, are not cached and say it', async () => {
  expect(await why(nothing, { name: 's', code: ['import os\nos.system("true")'] })).toMatch(
    /^not cached: it runs shell/
  );
  expect(await why(nothing, { name: 'r', code: ['import random\nrandom.random()'] })).toMatch(
    /^not cached: it draws from an unseeded generator/
  );
  expect(await why(nothing, { name: 'c', code: ['1'], settings: { cache: false } })).toBe(
    'not cached: its settings say so'
  );
});

test('what another build of Cellway left is not taken', async () => {
  const runtime = join(bench.folder, 'installed');
  const bridge = join(runtime, 'cellway', 'bridge');
  mkdirSync(bridge, { recursive: true });
  for (const part of ['runtime', '__init__.py'])
    symlinkSync(join(checkout, 'cellway', part), join(runtime, 'cellway', part));
  const made = build([{ name: 'a', code: ['x = 1'], outputs: ['x'] }]);
  const whyNow = async (digest: string) => {
    writeFileSync(join(bridge, 'build.json'), JSON.stringify({ digest }));
    const ran = await bench.run(made, { runtime });
    expect(ran.end.state).toBe('succeeded');
    return ran.why('a');
  };
  await whyNow('one');
  expect(await whyNow('one')).toBe('nothing that it depends on changed');
  expect(await whyNow('two')).toBe('it was made by another build of Cellway');
});

test('two runs of one notebook at the same time both come to their end', async () => {
  bench.file('in.txt', 'x');
  const built = build([{ name: 'a', code: ['open("out.txt", "w").write(open("in.txt").read())'] }]);
  const ends = await Promise.all([bench.run(built), bench.run(built)]);
  expect(ends.map(ran => ran.end.state)).toEqual(['succeeded', 'succeeded']);
});

test('a store that is no database is refused with its path', async () => {
  await bench.run(build([{ name: 'a', code: ['1'] }]));
  for (const end of ['-wal', '-shm']) rmSync(join(bench.data, `cellway.db${end}`), { force: true });
  writeFileSync(join(bench.data, 'cellway.db'), 'not a database, but long enough to be read as one'.repeat(100));
  expect(await bench.create(build([{ name: 'a', code: ['1'] }]))).toMatchObject({
    kind: 'refused',
    reason: { code: 'store-damaged', message: expect.stringContaining('cellway.db') }
  });
});

test('a variable of the environment that the code names is part of what a result depends on', async () => {
  process.env.CELLWAY_TEST_ZED = 'one';
  const a: Draft = { name: 'a', code: ['import os\nprint(os.environ.get("CELLWAY_TEST_ZED"))'] };
  const change = () => {
    process.env.CELLWAY_TEST_ZED = 'two';
  };
  expect(await why(change, a)).toBe('the environment variable CELLWAY_TEST_ZED changed');
  expect(await why(() => delete process.env.CELLWAY_TEST_ZED, a)).toMatch(/CELLWAY_TEST_ZED is not set any more/);
});

test("a variable that the kernelspec or the kernel's wrapper sets is part of what a result depends on", async () => {
  const wrapper = join(bench.folder, 'wrapper.sh');
  const wrap = (value: string) =>
    writeFileSync(wrapper, `#!/bin/sh\nCELLWAY_TEST_BY_WRAPPER=${value} exec "$@"\n`, { mode: 0o755 });
  const by = async (env: Readonly<Record<string, string>>) => {
    const code = 'import os\nprint(os.environ.get("CELLWAY_TEST_BY_SPEC"), os.environ.get("CELLWAY_TEST_BY_WRAPPER"))';
    const interpreter = { argv: [wrapper, python], env, kernel: 'wrapped', display: 'Wrapped' };
    const ran = await bench.run(build([{ name: 'a', code: [code] }]), { interpreter });
    return [ran.why('a'), ran.printed(1)];
  };
  const spec = 'the environment variable CELLWAY_TEST_BY_SPEC changed';
  const script = 'the environment variable CELLWAY_TEST_BY_WRAPPER changed';
  wrap('one');
  expect(await by({ CELLWAY_TEST_BY_SPEC: 'a' })).toEqual(['first run', 'a one\n']);
  expect(await by({ CELLWAY_TEST_BY_SPEC: 'b' })).toEqual([spec, 'b one\n']);
  wrap('two');
  expect(await by({ CELLWAY_TEST_BY_SPEC: 'b' })).toEqual([script, 'b two\n']);
  expect(await by({ CELLWAY_TEST_BY_SPEC: 'b' })).toEqual(['nothing that it depends on changed', 'b two\n']);
});

test('a file in a listed folder, and one that was looked for in vain, are looked for again', async () => {
  bench.file('data/one.csv', 'x');
  const a: Draft = { name: 'a', code: ['import os\nprint(os.listdir("data"))'] };
  expect(await why(nothing, a)).toBe('nothing that it depends on changed');
  expect(await why(() => bench.file('data/two.csv', 'x'), a)).toBe('folder data/ changed');
  const look = 'try:\n    print(open("flag").read())\nexcept OSError:\n    print("none")';
  const b: Draft = { name: 'b', code: [look] };
  expect(await why(() => bench.file('flag', 'x'), b)).toBe('file flag is there now');
});

test('names that an earlier step adds to a folder belong to its listing', async () => {
  bench.file('in.txt', 'one');
  const a: Draft = { name: 'a', code: ['open("out-" + open("in.txt").read(), "w").close()'] };
  const b: Draft = { name: 'b', code: ['import glob\nprint(sorted(glob.glob("out-*")))'], needs: ['a'] };
  expect(await why(nothing, a, b)).toBe('nothing that it depends on changed');
  expect(await why(() => bench.file('in.txt', 'two'), a, b)).toMatch(/^folder \S+ changed$/);
});

test("what a step beside a shell step writes is not kept as the shell step's own", async () => {
  const write = 'import time\ntime.sleep(0.3)\nopen("by" + "-b.txt", "w").write("b")';
  const ran = await bench.run(
    build([
      { name: 'a', code: ['!sleep 1; echo a > by-a.txt'] },
      { name: 'b', code: [write] }
    ]),
    { options: { cache: true, parallel: 2 } }
  );
  expect(ran.end).toMatchObject({ state: 'succeeded' });
  const files = (name: string) => {
    const step = ran.step(name);
    return step.state === 'succeeded'
      ? step.outputs.flatMap(output => (output.kind === 'file' ? output.names : []))
      : [];
  };
  expect([files('a'), files('b')]).toEqual([['by-a.txt'], ['by-b.txt']]);
});
