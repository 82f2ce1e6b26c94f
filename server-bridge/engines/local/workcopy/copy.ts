import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, readlink, realpath, rm, stat, symlink, utimes } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errno } from '../../../runs/errno';
import { type BytePath, bytePath, under } from './bytes';
import type { Entry } from './survey';

const AT_ONCE = 16;

/** Bytes that are really copied where the file system cannot share them; what is larger is linked. */
export interface Budget {
  readonly file: number;
  readonly total: number;
}

export const budget: Budget = { file: 64 * 2 ** 20, total: 2 * 2 ** 30 };

/** Those that say "not here", not "not at all". */
const cannot = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'ENOTTY', 'EACCES']);

async function where(attempt: Promise<void>): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (cannot.has(errno(error) ?? '')) return false;
    throw error;
  }
}

async function copyWhole(from: Buffer, to: Buffer): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const { atime, mtime } = await stat(from);
  await utimes(to, atime, mtime);
}

/**
 * A file of its own wherever that can be had: shared blocks, or a copy within the budget. Only a large file on a file
 * system without reflinks is a hard link; the runtime gives it an inode of its own before anything can write to it.
 */
async function copyOrLink(from: Buffer, to: Buffer, affordable: boolean): Promise<void> {
  if (affordable) return copyWhole(from, to);
  if (await where(copyFile(from, to, constants.COPYFILE_FICLONE_FORCE))) {
    const { atime, mtime } = await stat(from);
    return utimes(to, atime, mtime);
  }
  await rm(to, { force: true });
  if (!(await where(link(await realpath(from, { encoding: 'buffer' }), to)))) await copyWhole(from, to);
}

async function placeLink(from: string, to: string, path: BytePath): Promise<void> {
  const source = under(from, path);
  const points = await readlink(source, { encoding: 'buffer' });
  // An absolute one would lead back to the original.
  const target =
    points[0] === 0x2f
      ? Buffer.from(relative(dirname(source.toString('latin1')), points.toString('latin1')) || '.', 'latin1')
      : points;
  await symlink(target, under(to, path));
}

/** Puts the surveyed entries of `from` into `to`; the answer names files that may not be read, and are left out. */
export async function copyEntries(
  entries: readonly Entry[],
  from: string,
  to: string,
  most: Budget = budget
): Promise<readonly BytePath[]> {
  await mkdir(to, { recursive: true });
  const unreadable: BytePath[] = [];
  let left = most.total;
  const place = async (entry: Entry): Promise<void> => {
    switch (entry.kind) {
      case 'folder':
        await mkdir(under(to, entry.path), { recursive: true });
        return;
      case 'file': {
        const affordable = entry.bytes <= most.file && entry.bytes <= left;
        if (affordable) left -= entry.bytes;
        try {
          await copyOrLink(under(from, entry.path), under(to, entry.path), affordable);
        } catch (error) {
          if (errno(error) === 'EACCES' || errno(error) === 'EPERM') unreadable.push(entry.path);
          // Gone since it was listed: a program beside us is at work there.
          else if (errno(error) !== 'ENOENT') throw error;
        }
        return;
      }
      case 'link':
        return placeLink(from, to, entry.path);
      case 'way-out':
        await symlink(entry.target, under(to, entry.path));
        return;
    }
  };
  for (const entry of entries) if (entry.kind === 'folder') await place(entry);
  const rest = entries.filter(entry => entry.kind !== 'folder');
  for (let at = 0; at < rest.length; at += AT_ONCE) await Promise.all(rest.slice(at, at + AT_ONCE).map(place));
  return unreadable;
}

/** Puts copies of `paths` (relative) of `from` into `to`, over what is there; those that are gone or no files are left out. */
export async function copyPaths(paths: readonly string[], from: string, to: string): Promise<readonly string[]> {
  const done: string[] = [];
  for (const path of paths) {
    const source = under(from, bytePath(path));
    try {
      if (!(await lstat(source)).isFile()) continue;
    } catch (error) {
      if (errno(error) === 'ENOENT') continue;
      throw error;
    }
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    await copyWhole(source, Buffer.from(target));
    done.push(path);
  }
  return done;
}
