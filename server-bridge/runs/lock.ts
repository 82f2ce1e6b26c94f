import { DatabaseSync } from 'node:sqlite';

export interface Lock {
  readonly release: () => void;
}

/** Whether a process has it, whichever namespace that is in: process ids say nothing of others'. */
export function isLocked(path: string): boolean {
  const lock = takeLock(path);
  lock?.release();
  return lock === null;
}

/**
 * A lock between processes, held until `release` or the process's end, however that comes: the operating system gives a
 * dead process's locks back. Node has no file locks of its own; SQLite's exclusive transaction is one. Null when another
 * process has it.
 */
export function takeLock(path: string): Lock | null {
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA busy_timeout = 0');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    // SQLITE_BUSY, SQLITE_LOCKED
    if ([5, 6].includes(Number((error as { readonly errcode?: number }).errcode) & 0xff)) return null;
    throw error;
  }
  return { release: () => lock.close() };
}
