import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { paths } from '../runs/folder';
import type { RunRow, Store } from '../store';

/** Where what is removed goes first: nobody sees half a run. */
const trash = (data: string): string => join(data, 'trash');

/**
 * Removes a run that has ended. Attempts whose results other runs show stay, alone in its folder, until none does. What
 * says that the folder is a run goes first, in one step: whoever dies here leaves a folder that is no run.
 */
export function removeRun(data: string, store: Store, row: RunRow): void {
  const away = join(trash(data), `${row.id}.${randomBytes(4).toString('hex')}`);
  mkdirSync(away, { recursive: true });
  if (existsSync(paths.runFile(row.folder))) renameSync(paths.runFile(row.folder), join(away, 'run.json'));
  const taken = store.steps(row.id).flatMap(({ folder }) => (folder === null ? [] : [folder]));
  store.removeRun(row.id);
  for (const attempt of taken) if (!store.cache.shows(attempt)) removeLeft(attempt);
  const attempts = attemptsOf(row.folder);
  const kept = attempts.filter(attempt => store.cache.shows(attempt));
  if (kept.length === 0) {
    if (existsSync(row.folder)) renameSync(row.folder, join(away, 'folder'));
  } else {
    for (const attempt of attempts)
      if (!kept.includes(attempt)) renameSync(attempt, join(away, randomBytes(8).toString('hex')));
    for (const name of readdirSync(row.folder))
      if (name !== 'steps') renameSync(join(row.folder, name), join(away, randomBytes(8).toString('hex')));
  }
  rmSync(away, { recursive: true, force: true });
}

/** An attempt that was kept of a run that is gone, and that no run shows any more. */
function removeLeft(attempt: string): void {
  const run = dirname(dirname(dirname(attempt)));
  if (existsSync(paths.runFile(run))) return;
  rmSync(attempt, { recursive: true, force: true });
  if (attemptsOf(run).length === 0) rmSync(run, { recursive: true, force: true });
}

/** What a bridge that died while it removed something has left. */
export function emptyTrash(data: string): void {
  rmSync(trash(data), { recursive: true, force: true });
}

function attemptsOf(folder: string): readonly string[] {
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
