/** Which results of other runs a run reads: told in its own folder, where whoever collects results looks. */
import { mkdirSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errno } from './errno';
import { type Earlier, paths, type RunFile, writeAtomically } from './folder';
import { inTurns } from './turns';

/** Runs that are looked at in one turn. */
const AT_ONCE = 500;

/** Says that a run reads what an attempt folder of another run holds, until it has ended. */
export function noteHeld(run: string, stepId: string, attempt: string): void {
  mkdirSync(paths.held(run), { recursive: true });
  writeAtomically(paths.heldNote(run, stepId), JSON.stringify({ folder: attempt }));
}

/** Attempt folders of other runs that a run reads or will: what it was made to take, and what it holds. */
export async function readsOf(run: string): Promise<readonly string[]> {
  const file = await json<Pick<RunFile, 'earlier'>>(paths.runFile(run));
  const notes = (await names(paths.held(run))).filter(name => name.endsWith('.json'));
  const held = await Promise.all(notes.map(name => json<Pick<Earlier, 'folder'>>(join(paths.held(run), name))));
  return [...Object.values(file?.earlier ?? {}), ...held].flatMap(one => (one === null ? [] : [one.folder]));
}

/**
 * What runs under way read, also those that are just being made. `endedOf`: which of some ids are of runs that have come
 * to their end, so that they read nothing any more.
 */
export async function readByOpenRuns(
  data: string,
  endedOf: (ids: readonly string[]) => ReadonlySet<string>
): Promise<ReadonlySet<string>> {
  const runs = join(data, 'runs');
  const all = await names(runs);
  const reads = new Set<string>();
  for await (const some of inTurns(all, AT_ONCE)) {
    const ended = endedOf(some);
    for (const name of some) {
      if (ended.has(name)) continue;
      for (const folder of await readsOf(join(runs, name))) reads.add(folder);
      // One that was being made may have got its name between the list and the look.
      const made = basename(name, '.making');
      if (made !== name) for (const folder of await readsOf(join(runs, made))) reads.add(folder);
    }
  }
  return reads;
}

async function names(folder: string): Promise<readonly string[]> {
  return (await orNothing(readdir(folder))) ?? [];
}

async function json<T>(path: string): Promise<T | null> {
  const text = await orNothing(readFile(path, 'utf8'));
  return text === null ? null : (JSON.parse(text) as T);
}

/** Runs come and go meanwhile. */
async function orNothing<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errno(error) ?? '')) return null;
    throw error;
  }
}
