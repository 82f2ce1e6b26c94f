import { lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from './errno';

/** What Cellway makes at the top of a data folder. */
const OURS = /^(runs|evidence|trash|cellway\.db.*|bridge\..*)$/;

/** Removes all that is kept in a data folder, and the folder if nothing else is in it; what else is there. */
export function removeData(data: string): readonly string[] {
  const folder = realpathSync(data);
  const others: string[] = [];
  for (const name of readdirSync(folder))
    if (OURS.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
    else others.push(name);
  if (others.length > 0) return others;
  // A link to it would lead nowhere.
  if (removed(folder) && lstatSync(data, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(data);
  return others;
}

/** A mount point stays, and so does a folder in one that is not ours to write. */
function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (['EBUSY', 'EACCES', 'EPERM', 'EROFS'].includes(errno(error) ?? '')) return false;
    throw error;
  }
}
