import { join } from 'node:path';
import type { Refusal } from '../runs/refusal';
import { SqliteStore, StoreNewer } from './sqlite';
import type { Store } from './store';

export type { Named } from './lists';
export type { Cursor, RunQuery } from './run-query';
export type * from './cache';
export * from './store';
export { StoreNewer };
export { STORE_VERSION } from './migrations';

/** The store of a data folder. */
export function openStore(data: string): Store | Refusal {
  return openStoreAt(storePath(data));
}

export function storePath(data: string): string {
  return join(data, 'cellway.db');
}

export function openStoreAt(path: string): Store | Refusal {
  return SqliteStore.open(path);
}

/** The refusal of a store that a newer Cellway has written; null for any other, readable or not. */
export function newerStore(path: string): Refusal | null {
  return SqliteStore.newer(path);
}

/** What is wrong with a store's file, in SQLite's words; null when it is whole. It is read as a whole. */
export function damageOf(path: string): string | null {
  return SqliteStore.check(path);
}

/** One that is forgotten when it is closed. */
export function passingStore(): Store {
  const store = SqliteStore.open(':memory:');
  if ('kind' in store) throw new Error(store.reason.message);
  return store;
}

export function isStore(value: Store | Refusal): value is Store {
  return !('kind' in value);
}
