// Copies of folders that cost no space: files are hard-linked where the file system allows it.
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync
} from 'node:fs';
import { join } from 'node:path';

/**
 * Makes `to` a copy of the folder `from`: files linked (copied with their times when `from` is on another file system,
 * as Python's byte code is judged by them), symbolic links kept as they are. `to` must not exist.
 * @param {(path: string) => boolean} own relative paths whose files must be copies, since tools write them in place
 */
export function linkTree(from, to, own = () => false, under = '') {
  mkdirSync(to, { recursive: under === '' });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const path = under ? `${under}/${entry.name}` : entry.name;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target, own, path);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (own(path) || !tryLink(source, target)) copy(source, target);
  }
}

function tryLink(source, target) {
  try {
    linkSync(source, target);
    return true;
  } catch (error) {
    if (['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(error.code)) return false;
    throw error;
  }
}

function copy(source, target) {
  copyFileSync(source, target);
  const { atime, mtime } = statSync(source);
  utimesSync(target, atime, mtime);
}
