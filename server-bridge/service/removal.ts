import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errno } from '../runs/errno';
import { paths } from '../runs/folder';
import { readsOf } from '../runs/held';
import { executionOf } from '../runs/resume';
import type { RunRow, Store } from '../store';

/** Where what is removed goes first: nobody sees half a run. */
const trash = (data: string): string => join(data, 'trash');

const fresh = (): string => randomBytes(8).toString('hex');

/**
 * Removes a run that has ended. Attempts whose results other runs show, the cache keeps or runs under way read stay,
 * alone in its folder, until that is over. What says that the folder is a run goes first, in one step: whoever dies here
 * leaves a folder that is no run.
 */
export async function removeRun(data: string, store: Store, row: RunRow): Promise<void> {
  const reads = await Promise.all(store.openRuns().map(run => readsOf(run.folder)));
  const read = new Set(reads.flat());
  const stays = (attempt: string) => isKept(store, attempt) || read.has(attempt);
  const away = join(trash(data), `${row.id}.${fresh()}`);
  mkdirSync(away, { recursive: true });
  if (existsSync(paths.runFile(row.folder))) renameSync(paths.runFile(row.folder), join(away, 'run.json'));
  const taken = store.steps(row.id).flatMap(({ folder }) => (folder === null ? [] : [folder]));
  store.removeRun(row.id);
  for (const attempt of taken) if (!stays(attempt)) throwAway(attempt, away);
  const attempts = attemptsOf(row.folder);
  if (!attempts.some(stays)) {
    if (existsSync(row.folder)) renameSync(row.folder, join(away, 'folder'));
  } else {
    for (const attempt of attempts) if (!stays(attempt)) renameSync(attempt, join(away, fresh()));
    for (const name of readdirSync(row.folder))
      if (name !== 'steps') renameSync(join(row.folder, name), join(away, fresh()));
  }
  await rm(away, { recursive: true, force: true });
}

/** Whether a run shows what an attempt left, or the cache has it. */
export function isKept(store: Store, attempt: string): boolean {
  return store.cache.shows(attempt) || store.cache.of(executionOf(attempt)) !== null;
}

const runOf = (attempt: string): string => dirname(dirname(dirname(attempt)));

/** Whether an attempt folder is in this data folder: one that was moved has the old paths in its store. */
export const isHere = (data: string, attempt: string): boolean => dirname(runOf(attempt)) === join(data, 'runs');

/** Whether it is of a run that has been removed: only what others need of it is left. */
export function isLeft(data: string, attempt: string): boolean {
  return isHere(data, attempt) && !existsSync(paths.runFile(runOf(attempt)));
}

/** Removes an attempt that is left of a removed run, and the run's folder with the last of them; others stay. */
export async function removeLeft(data: string, attempt: string): Promise<void> {
  if (!isLeft(data, attempt)) return;
  const away = join(trash(data), fresh());
  mkdirSync(away, { recursive: true });
  throwAway(attempt, away);
  await rm(away, { recursive: true, force: true });
}

function throwAway(attempt: string, away: string): void {
  const run = runOf(attempt);
  if (existsSync(paths.runFile(run))) return;
  moveIfThere(attempt, join(away, fresh()));
  if (attemptsOf(run).length === 0) moveIfThere(run, join(away, fresh()));
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error;
  }
}

/** What a bridge that died while it removed something has left. */
export function emptyTrash(data: string): void {
  rmSync(trash(data), { recursive: true, force: true });
}

/** Folders of the attempts in a run's folder. */
export function attemptsOf(folder: string): readonly string[] {
  const steps = join(folder, 'steps');
  if (!existsSync(steps)) return [];
  return readdirSync(steps, { withFileTypes: true })
    .filter(step => step.isDirectory())
    .flatMap(step =>
      readdirSync(join(steps, step.name))
        .filter(name => name.startsWith('attempt-'))
        .map(name => join(steps, step.name, name))
    );
}
