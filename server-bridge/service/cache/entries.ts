import { rm } from 'node:fs/promises';
import type { CacheEntry, CacheSize, Forgotten } from '@cellway/core/api';
import { paths } from '../../runs/folder';
import { readByOpenRuns } from '../../runs/held';
import type { CacheFilter, CacheRow, Owner, Store } from '../../store';
import { isHere, isKept, isLeft, removeLeft } from '../removal';
import type { Policy } from './choice';

/** `run.step id.attempt`: an execution, as paths have it. */
export const idOf = (execution: string): string => execution.replaceAll('/', '.');

export const executionWith = (id: string): string => id.replaceAll('.', '/');

/** An entry as the API shows it. */
export function entryShown(row: CacheRow): CacheEntry {
  const { execution, notebook, step, created, used, bytes, reusable, why, pinned, shown } = row;
  const [run, , attempt] = execution.split('/') as [string, string, string];
  return {
    id: idOf(execution),
    made: { run, step, attempt: Number(attempt) },
    ...{ notebook, step, created, used, bytes, reusable, why, pinned, shown }
  };
}

export function sizeOf(store: Store, owner: Owner, { budget, age }: Policy): CacheSize {
  const sum = (filter: Omit<CacheFilter, 'owner'>) => store.cache.sum({ owner, ...filter });
  return {
    all: sum({}),
    shown: sum({ shown: true }),
    pinned: sum({ pinned: true }),
    collectable: sum({ shown: false, pinned: false }),
    budget,
    age
  };
}

/**
 * Forgets the entries that a filter finds: no step takes them any more. Their files go too, unless a run shows them or one
 * under way reads them.
 */
export async function forget(data: string, store: Store, filter: CacheFilter): Promise<Forgotten> {
  const gone = store.cache.forget(filter);
  // A store that is made anew from the folders must not know them again.
  for (const { folder } of gone) if (isHere(data, folder)) await rm(paths.cacheEntry(folder), { force: true });
  const needless = gone.filter(({ folder }) => isLeft(data, folder) && !isKept(store, folder));
  const read = needless.length === 0 ? new Set() : await readByOpenRuns(data, ids => store.lists.ended(ids));
  let freed = 0;
  for (const { folder, bytes } of needless) {
    if (read.has(folder) || isKept(store, folder)) continue;
    await removeLeft(data, folder);
    freed += bytes;
  }
  return { entries: gone.length, bytes: gone.reduce((sum, one) => sum + one.bytes, 0), freed };
}
