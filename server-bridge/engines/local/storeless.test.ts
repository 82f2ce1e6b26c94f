import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Bench, build, collect, Ran } from './testing/pipelines';
import { supervise } from './supervise';

/** Runs whose store goes away under them. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const two = build([
  { name: 'a', code: ['x = 1'], outputs: ['x'] },
  { name: 'b', code: ['print(x)'], takes: ['x@a'] }
]);

test('a run goes on without the store that a newer Cellway has taken over, and leaves it alone', async () => {
  const run = await bench.create(two);
  if (run.kind === 'refused') throw new Error(run.reason.message);
  const store = new DatabaseSync(join(bench.data, 'cellway.db'));
  store.exec('PRAGMA user_version = 999');
  const [events] = await Promise.all([collect(run), supervise(run.folder)]);
  const ran = new Ran(run, events);
  expect(ran.end.state).toBe('succeeded');
  expect(ran.printed(2)).toBe('1\n');
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'note', message: expect.stringContaining('newer Cellway') })
  );
  expect(store.prepare('SELECT count(*) AS many FROM events').get()).toEqual({ many: 0 });
  store.close();
});

test('a store that is taken over while the run is under way is not written either', async () => {
  const run = await bench.create(two);
  if (run.kind === 'refused') throw new Error(run.reason.message);
  const store = new DatabaseSync(join(bench.data, 'cellway.db'));
  const collected = collect(run);
  const supervised = supervise(run.folder);
  store.exec('PRAGMA user_version = 999');
  await supervised;
  expect((await collected).at(-1)).toMatchObject({ type: 'run', state: 'succeeded' });
  expect(store.prepare('SELECT count(*) AS many FROM cache').get()).toEqual({ many: 0 });
  store.close();
});

test('a damaged store does not stop a run that is made already', async () => {
  const run = await bench.create(two);
  if (run.kind === 'refused') throw new Error(run.reason.message);
  writeFileSync(join(bench.data, 'cellway.db'), 'no database '.repeat(1000));
  const [events] = await Promise.all([collect(run), supervise(run.folder)]);
  expect(events.at(-1)).toMatchObject({ type: 'run', state: 'succeeded' });
});
