import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStore, openStore, type Store } from '../store';
import { makeDataFolder, storageRefusal } from './data-folder';
import { draftRun, type RunRequest, type Settled, settle } from './draft';
import { keepEnvironment } from './environment';
import { moveDurably, paths, type Run, type RunFile, writeAtomically } from './folder';
import { EventLog } from './log';
import type { Refusal } from './refusal';
import { keepReserve } from './reserve';
import { runRow } from './row';

/**
 * Makes a run: its folder, its log with `created`, its row in the store. Nothing runs yet (`startSupervisor`). Refused
 * when `only` or `from` names no step, when what comes before it cannot be had from earlier, or when the data folder cannot
 * be written; then no run is left.
 */
export async function createRun(request: RunRequest): Promise<Run | Refusal> {
  const settled = settle(request);
  if ('kind' in settled) return settled;
  const { data, id } = settled;
  const noPlace = makeDataFolder(data);
  if (noPlace !== null) return noPlace;
  try {
    return await made(settled);
  } catch (error) {
    const refusal = storageRefusal(data, error);
    if (refusal === null) throw error;
    for (const folder of [making(data, id), paths.run(data, id)]) rmSync(folder, { recursive: true, force: true });
    return refusal;
  }
}

function making(data: string, id: string): string {
  return `${paths.run(data, id)}.making`;
}

async function made(settled: Settled): Promise<Run | Refusal> {
  const { request, data, id } = settled;
  const store = openStore(data);
  if (!isStore(store)) return store;
  try {
    // Under another name until it is whole: whoever sees a run sees all of it.
    const folder = making(data, id);
    let run = await draftRun(settled, store);
    for (; !('kind' in run); run = await draftRun(settled, store)) {
      writeRun(run, request, folder);
      if (claimed(run, store) || request.taken !== undefined) break;
      // What it was to start from has been collected meanwhile.
      rmSync(folder, { recursive: true });
    }
    if ('kind' in run) return run;
    const place = paths.run(data, id);
    moveDurably(folder, place);
    store.addRun(runRow(run, place));
    return { kind: 'run', id, folder: place, data };
  } finally {
    store.close();
  }
}

/**
 * Says that the run's earlier results are used now, as a cached one that stands for a step is; false when one of them has
 * been forgotten since it was found. Written down first, then claimed (see `Supervisor`).
 */
function claimed(run: RunFile, store: Store): boolean {
  const now = Date.now() / 1000;
  const gone = Object.values(run.earlier).filter(
    ({ execution }) => !store.cache.use(execution, now) && store.cache.of(execution) === null
  );
  return gone.length === 0;
}

function writeRun(run: RunFile, { notebook, surroundings }: RunRequest, folder: string): void {
  mkdirSync(join(folder, 'steps'), { recursive: true });
  writeFileSync(paths.original(folder), notebook.text);
  writeFileSync(paths.definitions(folder), JSON.stringify(run.definitions));
  if (surroundings !== undefined) keepEnvironment(folder, surroundings);
  keepReserve(folder);
  const log = new EventLog(paths.events(folder));
  log.append({ type: 'run', state: 'created' });
  log.sync();
  writeAtomically(paths.runFile(folder), JSON.stringify(run), true);
  log.close();
}
