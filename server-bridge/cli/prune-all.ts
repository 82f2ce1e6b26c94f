import { existsSync, rmSync } from 'node:fs';
import { stopBridge } from '../client/connect';
import { isFinal } from '../runs/event';
import { paths, type Run } from '../runs/folder';
import { isLocked } from '../runs/lock';
import { readEvents } from '../runs/log';
import { listRuns } from '../runs/lookup';
import { removeData } from '../runs/remove-data';
import { supervisorState } from '../runs/supervision';
import { settingsPath } from '../settings';
import { newerStore, storePath } from '../store';
import { agreed } from './agreed';
import { EXIT, Stop } from './exit';
import { knownPythons } from '../engines/local/interpreter';

/** `cellway prune --all`: all that is kept, as before Cellway was used. It needs no bridge, and no store that is whole. */
export async function pruneAll(data: string, sure: boolean): Promise<number> {
  if (!existsSync(data)) {
    process.stdout.write(`There is nothing: ${data} is not there.\n`);
    return EXIT.ok;
  }
  const newer = newerStore(storePath(data));
  if (newer !== null) throw new Stop(EXIT.refused, newer.reason.message, newer.reason.fix);
  const open = listRuns(data).filter(isOpen);
  if (open.length > 0)
    throw new Stop(
      EXIT.refused,
      `Runs are under way: ${open
        .slice(0, 5)
        .map(run => run.id)
        .join(', ')}.`,
      'Wait for them, or cancel them: cellway cancel.'
    );
  await agreed(sure, `Remove all runs, logs, artifacts and the cache in ${data}?`);
  await stopBridge(data);
  const others = removeData(data);
  rmSync(knownPythons(), { force: true });
  process.stdout.write(
    others.length === 0
      ? `Removed ${data}.\n`
      : `Removed what Cellway kept in ${data}. The rest is not of it, and stays: ${others.slice(0, 10).join(', ')}${others.length > 10 ? ', …' : ''}\n`
  );
  const settings = settingsPath(process.env);
  if (existsSync(settings)) process.stdout.write(`Your settings stay: ${settings}\n`);
  return EXIT.ok;
}

/** Somebody is at it, or is about to be. */
function isOpen({ folder }: Run): boolean {
  const state = supervisorState(folder);
  if (state === 'alive') return true;
  if (readEvents(paths.events(folder)).some(isFinal)) return false;
  // A bridge that died before it started the supervisor leaves one too: the next bridge would run it.
  return state === 'not-started' || isLocked(paths.lock(folder));
}
