import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import type { Entry } from './survey';
import { errno } from '../../../runs/errno';

/** Below this a copy costs less than what can go wrong with a link. */
const SMALL = 2 ** 20;
const AT_ONCE = 16;

async function copyWhole(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  const { atime, mtime, mode } = await lstat(from);
  await chmod(to, (mode & 0o7777) | 0o200);
  await utimes(to, atime, mtime);
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES'].includes(errno(error) ?? '')) throw error;
    await copyWhole(from, to);
  }
}

async function place(entry: Entry, from: string, to: string): Promise<void> {
  const source = join(from, entry.path);
  const target = join(to, entry.path);
  switch (entry.kind) {
    case 'folder':
      await mkdir(target, { recursive: true });
      return;
    case 'file':
      await (entry.bytes > SMALL ? linkOrCopy(source, target) : copyWhole(source, target));
      return;
    case 'link': {
      const points = await readlink(source);
      // An absolute one would lead back to the original.
      await symlink(isAbsolute(points) ? relative(dirname(source), points) : points, target);
      return;
    }
  }
}

/** Puts the surveyed entries of `from` into `to`. The runtime copies a linked file before the step writes to it. */
export async function copyEntries(entries: readonly Entry[], from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of entries) if (entry.kind === 'folder') await place(entry, from, to);
  const rest = entries.filter(entry => entry.kind !== 'folder');
  for (let at = 0; at < rest.length; at += AT_ONCE)
    await Promise.all(rest.slice(at, at + AT_ONCE).map(entry => place(entry, from, to)));
}

/** Puts copies of `paths` (relative) of `from` into `to`, over what is there; those that are gone or no files are left out. */
export async function copyPaths(paths: readonly string[], from: string, to: string): Promise<readonly string[]> {
  const done: string[] = [];
  for (const path of paths) {
    const source = join(from, path);
    try {
      if (!(await lstat(source)).isFile()) continue;
    } catch (error) {
      if (errno(error) === 'ENOENT') continue;
      throw error;
    }
    await mkdir(dirname(join(to, path)), { recursive: true });
    await rm(join(to, path), { force: true });
    await copyWhole(source, join(to, path));
    done.push(path);
  }
  return done;
}
