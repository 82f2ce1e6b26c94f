import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../runs/event';
import { paths } from '../../runs/folder';
import { noteHeld } from '../../runs/held';
import { executionOf } from '../../runs/resume';
import { isStore, localOwner, openStore, type Store } from '../../store';
import type { Policy } from './choice';
import { collect } from './collection';

const NOW = Date.now() / 1000;
const DAY = 86_400;

let data: string;
let store: Store;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cellway-collect-'));
  mkdirSync(join(data, 'runs'));
  const opened = openStore(data);
  if (!isStore(opened)) throw new Error(opened.reason.message);
  store = opened;
});
afterEach(() => {
  store.close();
  rmSync(data, { recursive: true, force: true });
});

/** A cached result of a run that has been removed. */
function left(run: string, more: { readonly bytes?: number; readonly days?: number } = {}): string {
  const folder = paths.attempt(paths.run(data, run), 'a', 1);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), '{}');
  store.cache.add({
    ...localOwner,
    ...{ key: run, execution: executionOf(folder), notebook: '/n.ipynb', step: 'a', code: '', components: {} },
    ...{ checks: {}, reusable: true, why: [], folder, bytes: more.bytes ?? 10 },
    created: NOW - (more.days ?? 1) * DAY
  });
  return folder;
}

/** A run in the store and on the disk; it shows what is in `folders`. */
function run(id: string, state: 'started' | 'succeeded', folders: readonly string[] = []): string {
  const folder = paths.run(data, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(paths.runFile(folder), JSON.stringify({ earlier: {} }));
  const row = { digest: '', engine: 'local', git: null, experiment: null, origin: null, parameters: {} };
  store.addRun({ ...localOwner, ...row, id, notebook: '/n.ipynb', name: 'n', folder, created: NOW });
  const shows = folders.map(
    (shown, at): RunEvent => ({
      ...{ n: at + 2, t: NOW, type: 'step', step: `s${at}`, state: 'succeeded', attempt: 0, took: 0, outputs: [] },
      ...{ from: 'cache', folder: shown }
    })
  );
  const end: RunEvent =
    state === 'started'
      ? { n: 1, t: NOW, type: 'run', state: 'started', pid: 1 }
      : { n: 1, t: NOW, type: 'run', state: 'succeeded', took: 1 };
  store.ingest(id, [end, ...shows]);
  return folder;
}

const none: Policy = { budget: 0, age: null, grace: 0 };
const collected = (policy: Partial<Policy>) => collect(data, store, { ...none, ...policy }, NOW);

test('results that no run shows go by size, the longest unused first, and by age', async () => {
  const [old, used, young] = [left('r-1', { days: 5 }), left('r-2', { days: 4 }), left('r-3', { days: 1 })];
  store.cache.use(executionOf(used), NOW - 2 * DAY);
  expect(await collected({ budget: 20 })).toEqual({
    removed: { entries: 1, bytes: 10 },
    kept: { entries: 2, bytes: 20 },
    leftovers: 0
  });
  expect([old, used, young].map(existsSync)).toEqual([false, true, true]);
  expect(existsSync(paths.run(data, 'r-1'))).toBe(false);
  expect(store.cache.of('r-1/a/1')).toBeNull();
  await collected({ budget: null, age: 1.5 });
  expect([used, young].map(existsSync)).toEqual([false, true]);
});

test('what a run shows, what is pinned and what is young stays, however little room there is', async () => {
  const [shown, pinned, young] = [left('r-1'), left('r-2'), left('r-3', { days: 0 })];
  run('r-9', 'succeeded', [shown]);
  store.cache.pin(localOwner, executionOf(pinned), true, NOW);
  await collected({ age: 0, grace: 600 });
  expect([shown, pinned, young].map(existsSync)).toEqual([true, true, true]);
  store.removeRun('r-9');
  rmSync(paths.run(data, 'r-9'), { recursive: true });
  store.cache.pin(localOwner, executionOf(pinned), false, NOW);
  await collected({ age: 0, grace: 600 });
  expect([shown, pinned, young].map(existsSync)).toEqual([false, false, true]);
});

test('what runs under way read stays: what they hold, what they list, and what one that is being made lists', async () => {
  const [held, listed, making, other] = [left('r-1'), left('r-2'), left('r-3'), left('r-4')];
  noteHeld(run('r-8', 'started'), 'a', held);
  writeFileSync(paths.runFile(run('r-9', 'started')), JSON.stringify({ earlier: { a: { folder: listed } } }));
  const beingMade = paths.run(data, 'r-7.making');
  mkdirSync(beingMade);
  writeFileSync(paths.runFile(beingMade), JSON.stringify({ earlier: { a: { folder: making } } }));
  expect(await collected({ age: 0 })).toMatchObject({ removed: { entries: 1 }, kept: { entries: 3 } });
  expect([held, listed, making, other].map(existsSync)).toEqual([true, true, true, false]);
});

test('what a run claims after the look is not released', () => {
  left('r-1');
  const [seen] = store.cache.unshown();
  store.cache.use('r-1/a/1', NOW);
  expect(store.cache.release('r-1/a/1', seen!.used)).toBe(false);
  expect(store.cache.release('r-1/a/1', NOW)).toBe(true);
  expect(store.cache.use('r-1/a/1', NOW)).toBe(false);
});

test('what is held of runs that have ended goes, attempts of removed runs that nothing needs, and half-made runs', async () => {
  const lost = run('r-8', 'succeeded');
  noteHeld(lost, 'a', '/elsewhere');
  const open = run('r-9', 'started');
  noteHeld(open, 'a', '/elsewhere');
  const attempt = join(paths.run(data, 'r-1'), 'steps', 'a', 'attempt-1');
  mkdirSync(attempt, { recursive: true });
  const [made, making] = ['r-2.making', 'r-3.making'].map(name => paths.run(data, name)) as [string, string];
  for (const folder of [made, making]) mkdirSync(folder);
  utimesSync(made, NOW - 2 * DAY, NOW - 2 * DAY);
  expect(await collected({})).toMatchObject({ leftovers: 3 });
  expect([paths.held(lost), attempt, dirname(dirname(dirname(attempt))), made].filter(existsSync)).toEqual([]);
  expect([paths.held(open), making].filter(existsSync)).toHaveLength(2);
});

test('entries whose files somebody removed go with them, and nothing outside the data folder is touched', async () => {
  const gone = left('r-1');
  rmSync(gone, { recursive: true });
  const outside = join(data, 'elsewhere', 'runs', 'r-2', 'steps', 'a', 'attempt-1');
  mkdirSync(outside, { recursive: true });
  const entry = store.cache.of('r-1/a/1')!;
  store.cache.add({ ...entry, execution: 'r-2/a/1', folder: outside });
  expect(await collected({})).toMatchObject({ removed: { entries: 0, bytes: 0 } });
  expect(store.cache.of('r-1/a/1')).toBeNull();
  expect(existsSync(outside)).toBe(true);
});
