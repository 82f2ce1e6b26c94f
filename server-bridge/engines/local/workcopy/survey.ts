import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { errno } from '../../../runs/errno';
import { type Refusal, refused } from '../../../runs/refusal';
import { type BytePath, bytePath, shown, under } from './bytes';
import { ignoreOf } from './ignore';

export type Entry =
  | { readonly kind: 'folder'; readonly path: BytePath }
  | { readonly kind: 'file'; readonly path: BytePath; readonly bytes: number }
  | { readonly kind: 'link'; readonly path: BytePath }
  /** A link to a folder elsewhere: too much to copy, so it stays what it is. */
  | { readonly kind: 'way-out'; readonly path: BytePath; readonly target: Buffer };

export interface Survey {
  readonly kind: 'survey';
  readonly entries: readonly Entry[];
  /** Folders that may not be read, which are not in the copy though a notebook could ask for them. */
  readonly unreadable: readonly BytePath[];
}

export const limits = { files: 20_000, bytes: 20 * 2 ** 30 } as const;

type Limits = { readonly files: number; readonly bytes: number };

function list(path: Buffer): readonly Dirent<Buffer>[] | null {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    // Not ours to read, or gone since it was listed.
    if (['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(errno(error) ?? '')) return null;
    throw error;
  }
}

/** Where a link leads; null when nowhere, or in a circle. */
function destination(
  path: Buffer
): { readonly real: Buffer; readonly kind: 'file' | 'folder' | 'other'; readonly bytes: number } | null {
  try {
    const real = realpathSync(path, { encoding: 'buffer' });
    const stat = statSync(real);
    return { real, kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other', bytes: stat.size };
  } catch (error) {
    if (errno(error) === null) throw error;
    return null;
  }
}

/** Counts what a copy would hold, and where most of it is. */
class Tally {
  #files = 0;
  #bytes = 0;
  readonly #byTop = new Map<string, { files: number; bytes: number }>();

  add(path: string, bytes: number): void {
    const top = path.includes('/') ? `${path.slice(0, path.indexOf('/'))}/` : '';
    const there = this.#byTop.get(top) ?? { files: 0, bytes: 0 };
    this.#byTop.set(top, { files: there.files + 1, bytes: there.bytes + bytes });
    this.#files += 1;
    this.#bytes += bytes;
  }

  refusal(folder: string, ignoreFile: string, most: Limits): Refusal | null {
    const tooMany = this.#files > most.files;
    if (!tooMany && this.#bytes <= most.bytes) return null;
    const size = tooMany ? `${most.files.toLocaleString('en')} files` : `${Math.round(most.bytes / 2 ** 30)} GB`;
    const [largest] = [...this.#byTop]
      .filter(([top]) => top !== '')
      .sort(([, a], [, b]) => (tooMany ? b.files - a.files : b.bytes - a.bytes));
    const where = largest ? ` So far most are in ${largest[0]}.` : '';
    return refused({
      code: 'folder-too-large',
      message: `${folder} has more than ${size}; a run works in a copy of the notebook's folder.${where}`,
      fix: `Put the notebook into a folder of its own, or name what it does not need in ${ignoreFile} (patterns as in .gitignore).`
    });
  }
}

/**
 * What of a notebook's folder goes into a run's working copy, folders before what is in them. A link to a file elsewhere
 * counts as that file. Sockets, pipes, devices and what may not be read are left out; so is `exclude` (the data folder,
 * when it lies inside), and hidden folders of a home folder, which hold programs' data.
 */
export function survey(folder: string, exclude: readonly string[], most: Limits = limits): Survey | Refusal {
  const ignoreFile = join(folder, '.cellwayignore');
  const ignore = ignoreOf(existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : '');
  const root = realpathSync(folder);
  const isHome = root === homedir();
  const excluded = new Set(exclude.map(path => bytePath(relative(folder, path))));
  const entries: Entry[] = [];
  const unreadable: BytePath[] = [];
  const tally = new Tally();
  const open: BytePath[] = ['' as BytePath];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const items = list(under(folder, at));
    if (items === null) {
      unreadable.push(at);
      continue;
    }
    if (at !== '') entries.push({ kind: 'folder', path: at });
    for (const item of items) {
      const path = (at === '' ? item.name.toString('latin1') : `${at}/${item.name.toString('latin1')}`) as BytePath;
      const full = under(folder, path);
      const name = shown(path);
      if (ignore(name, item.isDirectory()) || excluded.has(path)) continue;
      if (item.isDirectory()) {
        if (isHome && at === '' && name.startsWith('.')) continue;
        if (existsSync(join(folder, name, 'pyvenv.cfg')) || existsSync(join(folder, name, 'conda-meta'))) continue;
        open.push(path);
      } else if (item.isSymbolicLink()) {
        const to = destination(full);
        if (to === null || to.kind === 'other') continue;
        const inside = relative(root, to.real.toString('latin1'));
        if (inside !== '..' && !inside.startsWith(`..${sep}`)) entries.push({ kind: 'link', path });
        else if (to.kind === 'folder') entries.push({ kind: 'way-out', path, target: to.real });
        else {
          tally.add(name, to.bytes);
          entries.push({ kind: 'file', path, bytes: to.bytes });
        }
      } else if (item.isFile()) {
        const stat = lstatSync(full, { throwIfNoEntry: false });
        if (!stat) continue;
        tally.add(name, stat.size);
        entries.push({ kind: 'file', path, bytes: stat.size });
      }
      const refusal = tally.refusal(folder, ignoreFile, most);
      if (refusal !== null) return refusal;
    }
  }
  return { kind: 'survey', entries, unreadable };
}
