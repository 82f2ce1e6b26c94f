import { lstat, rmdir, unlink } from 'node:fs/promises';
import { errno } from '../../../runs/errno';
import { under } from './bytes';
import type { Entry } from './survey';

/** Times are copied to the millisecond, rounded. */
async function same(original: Buffer, copy: Buffer): Promise<boolean> {
  try {
    const [a, b] = [await lstat(original), await lstat(copy)];
    return a.isFile() && b.isFile() && a.size === b.size && Math.abs(a.mtimeMs - b.mtimeMs) < 2;
  } catch (error) {
    // Either is gone.
    if (errno(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Takes the copies of unchanged files out of a working copy that nobody works in any more, and folders left empty. */
export async function thinOut(entries: readonly Entry[], original: string, copy: string): Promise<void> {
  for (const { kind, path } of entries)
    if (kind === 'file' && (await same(under(original, path), under(copy, path)))) await unlink(under(copy, path));
  // What is in a folder comes after it.
  for (const { kind, path } of [...entries].reverse()) {
    if (kind !== 'folder') continue;
    try {
      await rmdir(under(copy, path));
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errno(error) ?? '')) throw error;
    }
  }
}
