import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../../runs/errno';
import { paths } from '../../runs/folder';
import { inTurns } from '../../runs/turns';
import type { Store } from '../../store';
import { attemptsOf, isKept, isLeft, removeLeft } from '../removal';

/** Runs that are looked at in one turn. */
const AT_ONCE = 500;
/** Milliseconds after which nobody makes a run any more. */
const MAKING = 86_400_000;

/**
 * Removes what runs left that did not get to it themselves: what those that have ended held, attempts of removed runs
 * that nothing needs any more, runs that were never made to their end. `read`: attempt folders that runs under way read.
 * How many it removed.
 */
export async function removeLeftovers(data: string, store: Store, read: ReadonlySet<string>): Promise<number> {
  const runs = join(data, 'runs');
  const all = await readdir(runs);
  let removed = 0;
  for await (const some of inTurns(all, AT_ONCE)) {
    const ended = store.lists.ended(some);
    for (const name of some) {
      const folder = join(runs, name);
      if (ended.has(name)) removed += await removeIfOlder(paths.held(folder), 0);
      else if (name.endsWith('.making')) removed += await removeIfOlder(folder, MAKING);
      else if (!store.knows(name)) removed += await removeAttempts(data, store, folder, read);
    }
  }
  return removed;
}

async function removeAttempts(data: string, store: Store, folder: string, read: ReadonlySet<string>): Promise<number> {
  let removed = 0;
  for (const attempt of attemptsOf(folder)) {
    if (!isLeft(data, attempt) || isKept(store, attempt) || read.has(attempt)) continue;
    await removeLeft(data, attempt);
    removed += 1;
  }
  return removed;
}

/** 1 when there was something that was last changed so many milliseconds ago. */
async function removeIfOlder(folder: string, age: number): Promise<number> {
  try {
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs < age) return 0;
  } catch (error) {
    if (errno(error) === 'ENOENT') return 0;
    throw error;
  }
  await rm(folder, { recursive: true, force: true });
  return 1;
}
