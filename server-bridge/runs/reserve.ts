import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { errno } from './errno';
import { paths } from './folder';

/** Bytes that a run holds back on the disk: enough to say how it ended when there is no room for anything else. */
const BYTES = 256 * 1024;

export function isFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errno(error) ?? '');
}

export function keepReserve(folder: string): void {
  // Not zeros: a file system that compresses would hold nothing back.
  writeFileSync(paths.reserve(folder), Buffer.alloc(BYTES, 'not a hole '));
}

/** Gives the room back; false when it has been given back before. */
export function freeReserve(folder: string): boolean {
  const path = paths.reserve(folder);
  if (!existsSync(path)) return false;
  rmSync(path);
  return true;
}
