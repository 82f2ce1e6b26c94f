import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../runs/event';
import { SqliteStore } from './sqlite';
import { localOwner } from './store';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(): SqliteStore {
  const store = SqliteStore.open(join(folder, 'cellway.db'));
  if (!(store instanceof SqliteStore)) throw new Error(store.reason.message);
  return store;
}

const row = {
  ...localOwner,
  ...{ notebook: '/n.ipynb', name: 'n', folder: '/r', digest: '', engine: 'local' },
  ...{ git: null, experiment: null, origin: null, parameters: {} }
};
const metric = (n: number, value: unknown): RunEvent =>
  ({
    n,
    t: 0,
    type: 'runtime',
    step: 'a',
    attempt: 1,
    event: { n: 1, t: 0, attempt: 1, replica: 0, type: 'metric', name: 'auc', value }
  }) as RunEvent;

test('events taken in twice count once; metrics keep what JSON lacks', () => {
  const store = open();
  store.addRun({ ...row, id: 'r-1', created: 1 });
  const events = [{ n: 1, t: 0, type: 'run', state: 'created' } as const, metric(2, 0.5), metric(3, { $float: 'nan' })];
  store.ingest('r-1', events);
  store.ingest('r-1', events);
  expect(store.metrics('r-1').map(one => one.value)).toEqual([0.5, Number.NaN]);
  expect(store.events('r-1', 1, 10)).toHaveLength(2);
  store.close();
});

test("runs come newest first, page by page, and only the owner's", () => {
  const store = open();
  for (const at of [1, 2, 3]) store.addRun({ ...row, id: `r-${at}`, created: at });
  store.addRun({ ...row, id: 'r-9', created: 9, profile: 'team' });
  const first = store.runs({ owner: localOwner, limit: 2 });
  expect(first.rows.map(run => run.id)).toEqual(['r-3', 'r-2']);
  const second = store.runs({ owner: localOwner, limit: 2, after: first.next! });
  expect(second.rows.map(run => run.id)).toEqual(['r-1']);
  expect(second.next).toBeNull();
  store.close();
});

test('a store of a newer Cellway is refused and left as it is', () => {
  open().close();
  const db = new DatabaseSync(join(folder, 'cellway.db'));
  db.exec('PRAGMA user_version = 999');
  db.close();
  expect(SqliteStore.open(join(folder, 'cellway.db'))).toMatchObject({
    kind: 'refused',
    reason: { code: 'store-newer' }
  });
});
