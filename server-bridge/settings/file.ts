import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errno } from '../runs/errno';
import { xdgHome } from './home';

/** A value in the file: its key with dots, and the line that it begins on, from 1. */
export interface FileEntry {
  readonly key: string;
  readonly written: unknown;
  readonly line: number;
}

export interface SettingsFile {
  readonly path: string;
  readonly there: boolean;
  readonly entries: readonly FileEntry[];
  /** What keeps it from being read at all; `line` where it is one line's fault. */
  readonly broken: { readonly line: number | null; readonly message: string } | null;
}

/** `$CELLWAY_CONFIG`, else `cellway/config.toml` in the XDG config home. */
export function settingsPath(env: NodeJS.ProcessEnv): string {
  if (env.CELLWAY_CONFIG) return resolve(env.CELLWAY_CONFIG);
  return join(xdgHome(env, 'XDG_CONFIG_HOME', '.config'), 'cellway', 'config.toml');
}

/** Reads the file; one that nobody named need not be there. */
export async function readSettingsFile(env: NodeJS.ProcessEnv): Promise<SettingsFile> {
  const path = settingsPath(env);
  const nothing = { path, there: false, entries: [], broken: null };
  let toml: string;
  try {
    toml = readFileSync(path, 'utf8');
  } catch (error) {
    const code = errno(error);
    if (code === null) throw error;
    if ((code === 'ENOENT' || code === 'ENOTDIR') && !env.CELLWAY_CONFIG) return nothing;
    return { ...nothing, broken: { line: null, message: `It cannot be read: ${WHY[code] ?? code}.` } };
  }
  const { entriesOf } = await import('./toml');
  const found = entriesOf(toml);
  return 'message' in found
    ? { path, there: true, entries: [], broken: found }
    : { path, there: true, entries: found, broken: null };
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file (CELLWAY_CONFIG names it)',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'reading it is not allowed',
  EISDIR: 'it is a folder'
};
