import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type Refusal, refused } from '../../../runs/refusal';
import { ignoreOf } from './ignore';

export type Entry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly bytes: number; readonly mtime: number }
  | { readonly kind: 'link'; readonly path: string };

export interface Survey {
  readonly kind: 'survey';
  readonly entries: readonly Entry[];
}

export const limits = { files: 20_000, bytes: 20 * 2 ** 30 } as const;

/**
 * What of a notebook's folder goes into a run's working copy, folders before what is in them. Links that lead outside,
 * sockets and devices are left out; so is `exclude` (the data folder, when it lies inside).
 */
export function survey(
  folder: string,
  exclude: readonly string[],
  most: { readonly files: number; readonly bytes: number } = limits
): Survey | Refusal {
  const ignoreFile = join(folder, '.cellwayignore');
  const ignore = ignoreOf(existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : '');
  const root = realpathSync(folder);
  const entries: Entry[] = [];
  const open = [''];
  let files = 0;
  let bytes = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const item of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === '' ? item.name : `${at}/${item.name}`;
      const full = join(folder, path);
      if (ignore(path, item.isDirectory()) || exclude.includes(full)) continue;
      if (item.isDirectory()) {
        if (existsSync(join(full, 'pyvenv.cfg')) || existsSync(join(full, 'conda-meta'))) continue;
        entries.push({ kind: 'folder', path });
        open.push(path);
      } else if (item.isSymbolicLink()) {
        if (!existsSync(full)) continue;
        const target = relative(root, realpathSync(full));
        if (target !== '..' && !target.startsWith(`..${sep}`)) entries.push({ kind: 'link', path });
      } else if (item.isFile()) {
        const { size, mtimeMs } = lstatSync(full);
        files += 1;
        bytes += size;
        entries.push({ kind: 'file', path, bytes: size, mtime: mtimeMs });
      }
      if (files > most.files || bytes > most.bytes) {
        return refused({
          code: 'folder-too-large',
          message: `${folder} has more than ${files > most.files ? `${most.files.toLocaleString('en')} files` : `${Math.round(most.bytes / 2 ** 30)} GB`}; a run works in a copy of the notebook's folder.`,
          fix: `Put the notebook into a folder of its own, or name what it does not need in ${ignoreFile} (patterns as in .gitignore).`
        });
      }
    }
  }
  return { kind: 'survey', entries };
}
