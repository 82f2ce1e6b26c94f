import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { migrations } from '../../server-bridge/store/migrations';
import { endBridge, Scratch } from './command';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const store = () => join(scratch.data, 'cellway.db');

/** All rows of what can be made anew; numbers of rows that nobody sees are left out. */
function rows(): Record<string, readonly unknown[]> {
  const db = new DatabaseSync(store(), { timeout: 5000 });
  const of = (sql: string) => db.prepare(sql).all();
  const found = {
    runs: of('SELECT * FROM runs ORDER BY id'),
    events: of('SELECT * FROM events ORDER BY run, n'),
    steps: of('SELECT * FROM steps ORDER BY run, step'),
    artifacts: of('SELECT * FROM artifacts ORDER BY run, step, path'),
    scalars: of('SELECT * FROM scalars ORDER BY run, name'),
    metrics: of('SELECT run, step, name, value, iteration FROM metrics ORDER BY run, step, name'),
    parameters: of('SELECT * FROM parameters ORDER BY run, name'),
    cache: of('SELECT execution, key, step, checks, components, folder, reusable FROM cache ORDER BY execution')
  };
  db.close();
  return found;
}

/** Nobody has the store open: supervisors write it after the run's last event. */
async function quiet(): Promise<void> {
  await endBridge(scratch.data);
  while (scratch.processes().length > 0) await new Promise(resolve => setTimeout(resolve, 20));
}

async function twoRuns(): Promise<void> {
  const name = scratch.notebook('a.ipynb', [
    ['n = 3', 'parameters'],
    ['x = n * 2', 'step:a'],
    ['auc = x / 10', 'step:b'],
    ['auc', 'metrics']
  ]);
  expect((await scratch.run(['run', name])).code).toBe(0);
  expect((await scratch.run(['run', name, '-p', 'n=4'])).code).toBe(0);
  await quiet();
}

test.each([
  ['overwritten in the middle', () => overwrite(store(), 4096 * 2, 4096 * 6)],
  ['cut', () => truncateSync(store(), 5000)],
  ['no database at all', () => writeFileSync(store(), 'not a database, by any means'.repeat(400))],
  ['gone', () => writeFileSync(store(), '')]
])('a store that was %s is made anew from the runs, cache and all', async (_, damage) => {
  await twoRuns();
  const before = rows();
  damage();
  const rebuilt = await scratch.run(['doctor', '--store']);
  expect(rebuilt.stdout).toMatch(/2 runs, \d+ events, 6 results in the cache/);
  expect(rebuilt.code).toBe(0);
  expect(rows()).toEqual(before);
  const again = await scratch.run(['run', 'a.ipynb', '--json']);
  expect(again.stdout.match(/"from":"cache"/g)).toHaveLength(3);
});

test('results that the cache has of removed runs are known again; what was forgotten is not', async () => {
  const name = scratch.notebook('a.ipynb', [
    ['x = 2', 'step:a'],
    ['print(x)', 'step:b']
  ]);
  const other = scratch.notebook('b.ipynb', [['print("b")', 'step:c']]);
  for (const path of [name, other]) expect((await scratch.run(['run', path])).code).toBe(0);
  expect((await scratch.run(['cache', 'forget', '--step', 'c', '--yes'])).code).toBe(0);
  expect((await scratch.run(['prune', '--keep', '0', '--yes'])).code).toBe(0);
  await quiet();
  writeFileSync(store(), '');
  const rebuilt = await scratch.run(['doctor', '--store']);
  expect(rebuilt.stdout).toMatch(/0 runs, 0 events, 2 results in the cache/);
  const again = await scratch.run(['run', name, '--json']);
  expect(again.stdout.match(/"from":"cache"/g)).toHaveLength(2);
});

test('a damaged store is reported, with the way to make it anew', async () => {
  await twoRuns();
  writeFileSync(store(), 'not a database, by any means'.repeat(400));
  const run = await scratch.run(['run', 'a.ipynb']);
  expect(run.code).toBe(3);
  expect(run.stderr).toContain('cellway doctor --store');
  const doctor = await scratch.run(['doctor']);
  expect(doctor.stdout).toMatch(/✕ store .*not a database\n {4}→ Make it anew: cellway doctor --store/);
});

test('a bridge that runs is ended first, and the next one has the new store', async () => {
  await twoRuns();
  expect((await scratch.run(['runs', '--json'])).code).toBe(0);
  expect((await scratch.run(['doctor', '--store'])).code).toBe(0);
  const { stdout } = await scratch.run(['runs', '--json']);
  expect(JSON.parse(stdout)).toHaveLength(2);
});

test('a run whose folder is damaged is named, and the others are there', async () => {
  await twoRuns();
  writeFileSync(join(scratch.runs()[0]!, 'run.json'), '{"id"');
  const rebuilt = await scratch.run(['doctor', '--store']);
  expect(rebuilt.code).toBe(1);
  expect(rebuilt.stdout).toContain('1 runs,');
  expect(rebuilt.stdout).toMatch(/✕ r-\S+ cannot be read/);
  expect(existsSync(`${store()}.old-1`)).toBe(true);
});

test('a store of the first version is brought forward, its runs with it', async () => {
  await twoRuns();
  const [first] = rows().runs as { id: string; folder: string }[];
  for (const part of ['', '-wal', '-shm']) if (existsSync(store() + part)) truncateSync(store() + part, 0);
  const old = new DatabaseSync(store());
  old.exec(migrations[0]!);
  old.exec('PRAGMA user_version = 1');
  old
    .prepare(
      "INSERT INTO runs (id, notebook, name, folder, created, state, took) VALUES (?, '/a', 'a', ?, 1, 'succeeded', 1)"
    )
    .run(first!.id, first!.folder);
  old.close();
  expect((await scratch.run(['run', 'a.ipynb'])).code).toBe(0);
  await quiet();
  const now = rows().runs as { id: string; state: string; engine: string }[];
  // The bridge has taken in what the old store did not know, too.
  expect(now).toHaveLength(3);
  expect(now[0]).toMatchObject({ id: first!.id, state: 'succeeded', engine: 'local' });
});

function overwrite(path: string, from: number, to: number): void {
  const end = Math.min(to, statSync(path).size);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(end - from, 'garbage'), 0, end - from, from);
  closeSync(file);
  expect(readFileSync(path).includes('garbage')).toBe(true);
}
