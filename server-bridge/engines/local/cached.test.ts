import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench, build, type Draft } from './testing/pipelines';

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
