// The user's cache folder: what was built or fetched once, under a key of what made it, for the next clone.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';

const UNUSED_DAYS = 45;

/** `$XDG_CACHE_HOME/cellway` or `~/.cache/cellway`; a relative XDG_CACHE_HOME is ignored, as its specification asks. */
export function cacheFolder() {
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'cellway');
}

/** A key of 16 hex digits, the same for the same parts. */
export function keyOf(...parts) {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** The entry's folder when the cache has it, else null. */
export function cached(kind, key) {
  const entry = join(cacheFolder(), kind, key);
  if (!existsSync(entry)) return null;
  try {
    const now = new Date();
    utimesSync(entry, now, now); // last use, by which `prune` judges
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM'].includes(error.code)) throw error;
  }
  return entry;
}

/**
 * Puts what `fill(folder)` makes into the cache: whole or not at all, whoever else does the same meanwhile.
 * @returns the entry's folder, or null when the cache cannot be written (read-only, full, not ours): that costs time only
 */
export async function keep(kind, key, fill) {
  const entry = join(cacheFolder(), kind, key);
  const made = join(dirname(entry), `.${key}.${process.pid}`);
  try {
    mkdirSync(dirname(entry), { recursive: true });
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made);
  } catch (error) {
    if (isUnwritable(error)) return null;
    throw error;
  }
  try {
    await fill(made);
    renameSync(made, entry);
    prune(dirname(entry), basename(entry));
  } catch (error) {
    if (!existsSync(entry) && !isUnwritable(error)) throw error; // else another one was faster
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return existsSync(entry) ? entry : null;
}

function isUnwritable(error) {
  return ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(error.code);
}

/** Removes entries long unused and what an interrupted `keep` left a day ago or earlier. */
function prune(folder, newest) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const days = (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())) / 86_400_000;
    if (name !== newest && days > (name.startsWith('.') ? 1 : UNUSED_DAYS))
      rmSync(path, { recursive: true, force: true });
  }
}
