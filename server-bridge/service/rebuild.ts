import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../runs/errno';
import { paths, readRunFile, type Run } from '../runs/folder';
import { readEvents } from '../runs/log';
import { listRuns } from '../runs/lookup';
import { type Refusal, refused } from '../runs/refusal';
import { runRow } from '../runs/row';
import type { CacheEntry, Store } from '../store';
import { newerStore, openStoreAt, storePath } from '../store';
import { salvage } from '../store/salvage';
import { takeLead } from './leader';
import { readPlace } from './place';
import { attemptsOf } from './removal';

export interface Rebuilt {
  readonly kind: 'rebuilt';
  readonly runs: number;
  readonly events: number;
  /** Results that the cache has again. */
  readonly entries: number;
  /** Runs whose folder cannot be read, and why. */
  readonly unreadable: readonly { readonly run: string; readonly why: string }[];
  /** What only the old store knew and could not say any more. */
  readonly lost: readonly string[];
  /** Where the old one is. */
  readonly old: string | null;
}

const PARTS = ['', '-wal', '-shm'];

/** Makes the store of a data folder anew from the runs' folders, which have all that it knows. No bridge may run meanwhile. */
export function rebuildStore(data: string): Rebuilt | Refusal {
  const lead = takeLead(data);
  if (lead === null) {
    const pid = readPlace(data)?.pid;
    return refused({
      code: 'bridge-running',
      message: `The bridge of ${data} runs${pid === undefined ? '' : ` (process ${pid})`}; it has the store open.`,
      fix: pid === undefined ? 'Stop it first.' : `Stop it first: kill ${pid}.`
    });
  }
  try {
    return rebuilt(data);
  } finally {
    lead.release();
  }
}

function rebuilt(data: string): Rebuilt | Refusal {
  const path = storePath(data);
  const newer = newerStore(path);
  if (newer !== null) return newer;
  const fresh = `${path}.new`;
  for (const part of PARTS) rmSync(fresh + part, { force: true });
  const store = openStoreAt(fresh);
  if ('kind' in store) return store;
  const count = { runs: 0, events: 0, entries: 0 };
  const unreadable: { run: string; why: string }[] = [];
  // Oldest first, as the store learned of them.
  for (const run of [...listRuns(data)].reverse()) {
    try {
      const events = takeRun(store, run);
      count.runs += 1;
      count.events += events;
    } catch (error) {
      unreadable.push({ run: run.id, why: error instanceof Error ? error.message : String(error) });
    }
  }
  // Also of runs that have been removed: the cache keeps results longer than their runs.
  const runs = join(data, 'runs');
  for (const name of existsSync(runs) ? readdirSync(runs) : [])
    for (const entry of entriesOf(join(runs, name))) {
      store.cache.add(entry);
      count.entries += 1;
    }
  store.close();
  const lost = existsSync(path) ? salvage(path, fresh) : [];
  const old = existsSync(path) ? moveAway(path) : null;
  renameSync(fresh, path);
  return { kind: 'rebuilt', ...count, unreadable, lost, old };
}

function takeRun(store: Store, run: Run): number {
  store.addRun(runRow(readRunFile(run.folder), run.folder));
  return store.ingest(run.id, readEvents(paths.events(run.folder))).length;
}

/** What the cache knew of the results in a run's folder, as it left it beside them. */
function entriesOf(folder: string): readonly CacheEntry[] {
  return attemptsOf(folder).flatMap(entryIn);
}

function entryIn(folder: string): readonly CacheEntry[] {
  try {
    return [JSON.parse(readFileSync(paths.cacheEntry(folder), 'utf8')) as CacheEntry];
  } catch (error) {
    // None was kept, or it is torn: then it is a miss.
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR' || error instanceof SyntaxError) return [];
    throw error;
  }
}

function moveAway(path: string): string {
  let at = 1;
  while (existsSync(`${path}.old-${at}`)) at += 1;
  const old = `${path}.old-${at}`;
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, old + part);
  return old;
}
