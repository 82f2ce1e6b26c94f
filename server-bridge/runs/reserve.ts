import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errno } from './errno';
import { paths } from './folder';

/** Bytes that a run holds back on the disk: enough to say how it ended when there is no room for anything else. */
const BYTES = 256 * 1024;

/** SQLite's own error for a disk that is full: https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

export function isFull(error: unknown): boolean {
  if (typeof error === 'object' && error !== null && 'errcode' in error)
    return (Number(error.errcode) & 0xff) === SQLITE_FULL;
  return ['ENOSPC', 'EDQUOT'].includes(errno(error) ?? '');
}

export function keepReserve(folder: string): void {
  holdBack(paths.reserve(folder), BYTES);
}

/** Gives the room back; false when it has been given back before. */
export function freeReserve(folder: string): boolean {
  return giveBack(paths.reserve(folder));
}

/** Bytes that a bridge holds back: enough for its store to take in the end of a run that filled the disk. */
const STORE_BYTES = 4 * 1024 * 1024;

const storeReserve = (data: string): string => join(data, 'bridge.reserve');

/** Holds room back for the store, unless there is so little that others need it more. */
export function keepStoreReserve(data: string): void {
  const path = storeReserve(data);
  if (existsSync(path)) return;
  const { bavail, bsize } = statfsSync(dirname(path));
  if (bavail * bsize < 2 * STORE_BYTES) return;
  try {
    holdBack(path, STORE_BYTES);
  } catch (error) {
    rmSync(path, { force: true });
    if (!isFull(error)) throw error;
  }
}

export function freeStoreReserve(data: string): boolean {
  return giveBack(storeReserve(data));
}

function holdBack(path: string, bytes: number): void {
  // Not zeros: a file system that compresses would hold nothing back.
  writeFileSync(path, Buffer.alloc(bytes, 'not a hole '));
}

function giveBack(path: string): boolean {
  if (!existsSync(path)) return false;
  rmSync(path);
  return true;
}
