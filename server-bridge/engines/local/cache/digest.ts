import { createHash } from 'node:crypto';
import { type BigIntStats, createReadStream, readdirSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Store } from '../../../store';

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Of a folder's list of names, with those that steps of the run have `added`. */
export function listingDigest(path: string, added: readonly string[]): string {
  const there = statOf(path)?.isDirectory() ?? false;
  if (!there && added.length === 0) return '-';
  return digestOf([...new Set([...(there ? readdirSync(path) : []), ...added])].sort().join('\0'));
}

/** Undefined when nothing is there. Code asks for what can be no file, too: a text that might be a path. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && NO_FILE.has(error.code)) return undefined;
    throw error;
  }
}

const NO_FILE: ReadonlySet<unknown> = new Set(['ENAMETOOLONG', 'ELOOP', 'ENOTDIR']);

const KIND = 'sha256';

/**
 * sha256 of a file's bytes, of a folder's list of names, `-` when there is nothing. Known by (path, size, mtime, inode):
 * an unchanged file is read once.
 */
export async function fileDigest(store: Store, path: string): Promise<string> {
  const stat = statOf(path);
  if (!stat) return '-';
  if (stat.isDirectory()) return listingDigest(path, []);
  if (!stat.isFile()) return '-';
  const key = `${path}\0${stat.size}\0${stat.mtimeNs}\0${stat.ino}`;
  const known = store.recall(KIND, key);
  if (known !== null) return known;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  const digest = hash.digest('hex');
  store.remember(KIND, key, digest);
  return digest;
}
