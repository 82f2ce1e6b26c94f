import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errno } from './errno';
import { networkOf } from './network';
import { type Refusal, refused } from './refusal';

/** SQLite opens files with paths of up to 504 bytes; those of ours in a run's folder are 40 longer than the data folder's. */
const LONGEST = 440;

/** Makes the folder in which runs and the store are kept; the reason where that is not possible, or would not be safe. */
export function makeDataFolder(folder: string): Refusal | null {
  const length = Buffer.byteLength(folder);
  if (length > LONGEST) return unusable(folder, `its path has ${length} bytes, and ${LONGEST} is the most`);
  return made(folder) ?? onNetwork(folder);
}

/** SQLite's locks do not hold over a network, nor is its log shared between machines (sqlite.org/wal.html). */
function onNetwork(folder: string): Refusal | null {
  const network = networkOf(folder);
  return network === null
    ? null
    : refused({
        code: 'data-folder-network',
        message: `${folder} is on ${network}, a network file system: locks do not hold there, and the store would be damaged.`,
        fix: 'Name a folder on a local disk with --data or CELLWAY_DATA.'
      });
}

/**
 * Folder by folder: Node's `recursive` never returns in file systems that say "no such folder" to whoever makes one
 * (`/proc`).
 */
function made(folder: string): Refusal | null {
  const missing: string[] = [];
  try {
    let at = folder;
    for (;;) {
      const stat = statSync(at, { throwIfNoEntry: false });
      if (stat?.isDirectory()) break;
      if (stat !== undefined) return unusable(folder, `${at} is a file`);
      missing.unshift(at);
      at = dirname(at);
    }
    for (const path of missing) make(path);
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const refusal = storageRefusal(folder, error);
    if (refusal === null) throw error;
    return refusal;
  }
}

/** Another command may make it at the same moment. */
function make(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
  }
}

function unusable(folder: string, why: string): Refusal {
  return refused({
    code: 'data-folder',
    message: `Runs cannot be kept in ${folder}: ${why}.`,
    fix:
      why === FULL
        ? 'Make room, or name a folder on another disk with --data or CELLWAY_DATA.'
        : 'Name a folder of yours with --data or CELLWAY_DATA.'
  });
}

const FULL = 'the disk is full';

export function diskFull(folder: string): Refusal {
  return unusable(folder, FULL);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'writing there is not allowed',
  EPERM: 'writing there is not allowed',
  EROFS: 'its file system is read-only',
  ENOSPC: FULL,
  EDQUOT: FULL,
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'a name in its path is too long'
};

/** SQLite's result codes for what is wrong with the place, not with the database. */
const SQLITE: Readonly<Record<number, string>> = {
  8: 'its database is read-only',
  10: 'the disk does not answer',
  13: FULL,
  14: 'its database cannot be opened'
};

/** A file of another folder, or a program that did not start. Writes to open files name no path. */
function concernsElsewhere(folder: string, error: unknown): boolean {
  const { path, syscall } = error as { readonly path?: unknown; readonly syscall?: unknown };
  return (
    String(syscall).startsWith('spawn') ||
    (typeof path === 'string' && !`${folder}/`.startsWith(`${path}/`) && !path.startsWith(`${folder}/`))
  );
}

/** What a failed write means for the data folder; null for any other error. */
export function storageRefusal(folder: string, error: unknown): Refusal | null {
  const code = errno(error);
  if (code === null || concernsElsewhere(folder, error)) return null;
  const sqlite = typeof error === 'object' && error !== null && 'errcode' in error ? Number(error.errcode) & 0xff : -1;
  const why = REASONS[code] ?? SQLITE[sqlite];
  return why === undefined ? null : unusable(folder, why);
}
