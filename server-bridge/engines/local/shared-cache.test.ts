import { existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { paths } from '../../runs/folder';
import { isStore, localOwner, openStore, storePath } from '../../store';
import { Bench, build, type Draft, type Ran } from './testing/pipelines';

/** Results that other notebooks take, and results that somebody has laid hands on. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const a: Draft = {
  name: 'a',
  code: ['import random\nrandom.seed(1)\nx = [random.random()]'],
  outputs: ['x'],
  changes: ['random'],
  sets: ['random']
};
const b: Draft = { name: 'b', code: ['print(len(x))'], takes: ['x@a'] };

async function ran(drafts: readonly Draft[], notebook = 'made.ipynb'): Promise<Ran> {
  const built = build(drafts);
  const path = join(bench.notebooks, notebook);
  bench.file(notebook, built.text);
  const done = await bench.run(built, { notebook: { path, text: built.text } });
  if (done.end.state !== 'succeeded') throw new Error(JSON.stringify(done.end));
  return done;
}
const sources = (done: Ran, ...names: string[]) =>
  names.map(name => {
    const step = done.step(name);
    return step.state === 'succeeded' ? step.from : step.state;
  });

test('a copy of a notebook takes what the first one left, in the same folder and in another with the same files', async () => {
  bench.file('in.txt', 'one');
  bench.file('other/in.txt', 'one');
  bench.file('third/in.txt', 'two');
  const reads: Draft = { name: 'r', code: ['print(open("in.txt").read())'] };
  await ran([a, b, reads]);
  expect(sources(await ran([a, b, reads], 'copy.ipynb'), 'a', 'b', 'r')).toEqual(['cache', 'cache', 'cache']);
  expect(sources(await ran([a, b, reads], 'other/made.ipynb'), 'a', 'b', 'r')).toEqual(['cache', 'cache', 'cache']);
  const third = await ran([a, b, reads], 'third/made.ipynb');
  expect(sources(third, 'a', 'b', 'r')).toEqual(['cache', 'cache', 'run']);
  expect(third.why('r')).toBe('file in.txt changed');
});

test('a copy starts in its middle with what the first notebook left', async () => {
  await ran([a, b]);
  const built = build([a, b]);
  const path = join(bench.notebooks, 'copy.ipynb');
  const only = await bench.run(built, { notebook: { path, text: built.text }, options: { cache: true, only: 'b' } });
  expect(only.end.state).toBe('succeeded');
  expect(sources(only, 'a')).toEqual(['cache']);
});

const folderOf = (done: Ran, id: string) => join(done.run.folder, 'steps', id, 'attempt-1');

test.each<[string, (attempt: string) => void, RegExp]>([
  [
    'a value cut short',
    at => truncateSync(join(at, 'outputs/1/data.pkl'), 9),
    /^its result is damaged \(outputs\/1\/data.pkl has 9 of/
  ],
  [
    'a value that is gone',
    at => rmSync(join(at, 'outputs/1'), { recursive: true }),
    /^a part of its result was removed \(outputs\/1\)/
  ],
  ['a report that is no JSON', at => writeFileSync(join(at, 'report.json'), '{"outco'), /^result is damaged \(/],
  ['a state cut short', at => truncateSync(statePath(at), 5), /^(its )?result is damaged \(/],
  ['a folder that is a file', at => replaceByFile(at), /^result was removed/]
])('%s is a miss that says so, and the run succeeds', async (_what, harm, why) => {
  const first = await ran([a, b]);
  harm(folderOf(first, 'a'));
  const second = await ran([a, b]);
  expect(second.why('a')).toMatch(why);
  expect(sources(second, 'a')).toEqual(['run']);
});

function replaceByFile(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, '');
}

function statePath(attempt: string): string {
  const folder = join(attempt, 'outputs/ambient');
  return join(folder, readdirSync(folder).find(name => name.startsWith('random.'))!);
}

test('a file that a step wrote and that was cut short in the cache is written again', async () => {
  const writes: Draft = { name: 'w', code: ['open("out.txt", "w").write("hello")'] };
  const first = await ran([writes]);
  truncateSync(join(folderOf(first, 'w'), 'files/out.txt'), 2);
  const second = await ran([writes]);
  expect(second.why('w')).toBe('its result is damaged (out.txt has 2 of 5 bytes)');
  expect(readFileSync(join(paths.work(second.run.folder), 'out.txt'), 'utf8')).toBe('hello');
});

/** The log of the newest run after `first`, as far as it has come. */
function eventsAfter(first: Ran): string {
  const runs = join(bench.data, 'runs');
  const newest = readdirSync(runs).sort().at(-1)!;
  const log = paths.events(join(runs, newest));
  return newest !== first.run.id && existsSync(log) ? readFileSync(log, 'utf8') : '';
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 20));
}

test('a result that is removed while a run that took it is under way is still there for its later steps', async () => {
  const go = join(bench.folder, 'go');
  const waits = (n: number): Draft => ({
    name: 'b',
    code: [`import os, time\nn = ${n}\nwhile n == 2 and not os.path.exists(${JSON.stringify(go)}): time.sleep(0.02)`],
    outputs: ['n']
  });
  const writes: Draft = { name: 'w', code: ['open("out.txt", "w").write("hello")'] };
  const last: Draft = {
    name: 'c',
    code: ['print(n, len(x), open("out.txt").read())'],
    takes: ['x@a', 'n@b'],
    needs: ['w']
  };
  const first = await ran([a, writes, waits(1), last]);
  const running = ran([a, writes, waits(2), last]);
  await until(() => eventsAfter(first).includes('"step":"b","state":"running"'));
  renameSync(first.run.folder, join(bench.folder, 'away'));
  writeFileSync(go, '');
  const second = await running;
  expect(sources(second, 'a', 'w', 'b', 'c')).toEqual(['cache', 'cache', 'run', 'run']);
  expect(second.printed(4)).toBe('2 1 hello\n');
});

test('what a resumed run was to take and is gone refuses it by name', async () => {
  const first = await ran([a, b]);
  const folder = folderOf(first, 'a');
  rmSync(folder, { recursive: true });
  const built = build([a, b]);
  const taken = new Map([['a', { execution: `${first.run.id}/a/1`, folder, from: 'earlier-run' as const }]]);
  const resumed = await bench.run(built, { taken });
  expect(resumed.end).toMatchObject({ state: 'refused', reason: { code: 'upstream-missing', step: 'a' } });
});

/** Somebody else forgets results of a step in the moment in which they are claimed. */
function forgetWhenClaimed(step: string, most: number): void {
  const db = new DatabaseSync(storePath(bench.data));
  db.exec(`CREATE TABLE forgotten (execution TEXT);
    CREATE TRIGGER forget BEFORE UPDATE OF used ON cache WHEN OLD.step = '${step}' AND (SELECT count(*) FROM forgotten) < ${most}
    BEGIN
      INSERT INTO forgotten VALUES (OLD.execution);
      DELETE FROM cache WHERE execution = OLD.execution;
      SELECT RAISE(IGNORE);
    END`);
  db.close();
}

test('a result that is forgotten between the look and the claim is a miss', async () => {
  await ran([a, b]);
  forgetWhenClaimed('a', 1);
  const second = await ran([a, b]);
  expect(second.why('a')).toBe('result was removed');
  expect(sources(second, 'a')).toEqual(['run']);
});

test('a run that starts in its middle takes another result for one that is forgotten then, or none is made', async () => {
  const first = await ran([a, b]);
  const built = build([a, b]);
  const alone = await bench.run(built, { options: { cache: false, only: 'a' } });
  forgetWhenClaimed('a', 1);
  const only = await bench.run(built, { options: { cache: true, only: 'b' } });
  expect(only.end.state).toBe('succeeded');
  expect(only.step('a')).toMatchObject({ folder: folderOf(first, 'a') });
  expect(alone.run.id).not.toBe(first.run.id);

  const db = new DatabaseSync(storePath(bench.data));
  db.exec('DELETE FROM forgotten');
  db.close();
  expect(await bench.create(built, { options: { only: 'b' } })).toMatchObject({
    kind: 'refused',
    reason: { code: 'upstream-missing' }
  });
  expect(bench.runs()).toEqual([first.run.id, alone.run.id, only.run.id]);
});

test('what --only takes counts as used', async () => {
  const first = await ran([a, b]);
  const used = () => {
    const store = openStore(bench.data);
    if (!isStore(store)) throw new Error(store.reason.message);
    const row = store.cache.row(localOwner, `${first.run.id}/a/1`);
    store.close();
    return row!.used;
  };
  expect(used()).toBeNull();
  await bench.run(build([a, b]), { options: { only: 'b', cache: false } });
  expect(used()).toEqual(expect.any(Number));
});
