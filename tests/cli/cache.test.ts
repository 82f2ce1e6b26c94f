import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const notebook = () =>
  scratch.notebook('work.ipynb', [
    ['x = [1, 2]', 'step:a'],
    ['print(x)', 'step:b'],
    ['import time\nprint(time.time())', 'step:c']
  ]);

const out = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await scratch.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};
const entries = async (...args: string[]) => JSON.parse(await out('cache', ...args, '--json'));

test('results are listed, counted, pinned, kept beyond their run, collected and forgotten', async () => {
  expect(await out('cache')).toBe('No cached results.\n');
  const path = notebook();
  await out('run', path);
  expect(await out('cache')).toMatch(/^r-\S+\.a\.1 +a +[\d.]+ kB .*work\.ipynb +shown$/m);
  expect(await out('cache', 'list', '--step', 'c')).toMatch(/shown, it reads the clock\n/);
  const [a] = await entries('list', '--notebook', path, '--step', 'a');
  expect(await out('cache', 'pin', a.id)).toMatch(/pinned, shown/);
  expect(await entries('list', '--pinned')).toMatchObject([{ id: a.id, pinned: true }]);
  const size = await entries('size');
  expect(size).toMatchObject({ all: { entries: 3 }, shown: { entries: 3 }, pinned: { entries: 1 } });
  expect(await out('cache', 'size')).toMatch(/others +0 +0 B +at most 20.0 GB, unused for at most 90 days/);

  expect(await out('prune', '--keep', '0', '--yes')).toMatch(/cache keeps [\d.]+ kB that no run shows; cellway cache/);
  expect(await out('cache', 'collect', '--age', '0', '--budget', '0')).toMatch(/^Removed 0 results, 0 B; 3 that/);
  expect(await out('run', path, '--explain')).toMatch(/a +from the cache/);
  expect(await entries('forget', '--step', 'b', '--yes')).toMatchObject({ entries: 1, freed: expect.any(Number) });
  expect(await entries('forget', '--all', '--yes')).toMatchObject({ entries: 1 });
  expect(await entries('list')).toMatchObject([{ id: a.id }]);
  expect(await out('cache', 'unpin', a.id)).not.toMatch(/pinned/);
  await out('cache', 'forget', a.id);
  expect(await out('cache')).toBe('No cached results.\n');
  expect(existsSync(join(scratch.data, 'runs', a.made.run))).toBe(false);
});

test.each([
  [['cache', 'drop'], /There is no 'cache drop'/],
  [['cache', 'forget'], /Say what is to be forgotten/],
  [['cache', 'forget', '--all'], /Say so: --yes/],
  [['cache', 'pin', 'r-none.a.1'], /There is no cached result 'r-none.a.1'/],
  [['cache', 'pin', 'nothing'], /entry/],
  [['cache', 'collect', '--budget', 'much'], /--budget takes a size/],
  [['cache', 'size', 'more'], /takes no name/]
])('%p says what is wrong', async (args, message) => {
  expect(await scratch.run(args)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
});
