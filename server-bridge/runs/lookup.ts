import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { paths, type Run } from './folder';

/** The run of that id, null when this data folder has none. */
export function findRun(data: string, id: string): Run | null {
  if (!/^r-[0-9a-z-]+$/.test(id)) return null;
  const folder = paths.run(data, id);
  return existsSync(paths.runFile(folder)) ? { kind: 'run', id, folder, data } : null;
}

/** Runs of a data folder, newest first: ids sort by time. */
export function listRuns(data: string): readonly Run[] {
  const folder = join(data, 'runs');
  if (!existsSync(folder)) return [];
  const ids = readdirSync(folder).sort().reverse();
  return ids.map(id => findRun(data, id)).filter(run => run !== null);
}
