import { dirname, isAbsolute, join, resolve } from 'node:path';
import { likely } from '@cellway/core/notebook';
import { readSettingsFile, type SettingsFile } from './file';
import { homeOf, xdgHome } from './home';
import { readWritten } from './kinds';
import { type Key, LEAVES, type Settings, variableOf } from './schema';

/** Where a value came from. */
export type Source =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly path: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string };

/** What is wrong with what somebody wrote. `where`: file and line, variable or flag. */
export interface SettingProblem {
  readonly where: string;
  readonly message: string;
  readonly fix: string;
}

export interface Resolution {
  readonly settings: Settings;
  readonly found: ReadonlyMap<Key, { readonly value: unknown; readonly source: Source }>;
  readonly problems: readonly SettingProblem[];
  readonly file: SettingsFile;
}

/** A value that an option of a command gave; `text` as it was written. */
export interface Flag {
  readonly key: Key;
  readonly flag: string;
  readonly text: string;
}

/** Variables of ours that are no settings: the launcher's, set-up's and the tests'. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set([
  ...['CELLWAY_CONFIG', 'CELLWAY_NODE', 'CELLWAY_PACKAGE', 'CELLWAY_PYTHON', 'CELLWAY_PYTHON_VERSION'],
  ...['CELLWAY_SETUP_PYTHON', 'CELLWAY_KILLS', 'CELLWAY_SEED', 'CELLWAY_KNOWN']
]);

interface Candidate {
  readonly key: Key;
  readonly written: unknown;
  readonly source: Source;
  /** What relative paths are relative to. */
  readonly folder: string;
}

/**
 * The settings that hold: flag before environment before file before default, each setting by itself. Where something is
 * wrong, `problems` says so, and what comes next holds.
 */
export async function resolveSettings(
  env: NodeJS.ProcessEnv = process.env,
  flags: readonly Flag[] = []
): Promise<Resolution> {
  const file = await readSettingsFile(env);
  const problems: SettingProblem[] = [];
  const here = process.cwd();
  const candidates: Candidate[] = [
    ...flags.map(({ key, flag, text }) => ({
      key,
      written: text,
      source: { kind: 'flag', flag } as const,
      folder: here
    })),
    ...fromEnvironment(env, problems).map(one => ({ ...one, folder: here })),
    ...fromFile(file, problems)
  ];
  const found = new Map<Key, { value: unknown; source: Source }>();
  for (const [key, leaf] of LEAVES) {
    for (const { written, source, folder } of candidates.filter(one => one.key === key)) {
      const reading = readWritten(leaf, written);
      if ('expected' in reading)
        problems.push({
          where: whereOf(source),
          message: `${key} is ${JSON.stringify(written)?.slice(0, 80)}.`,
          fix: `It has to be ${reading.expected}.`
        });
      else if (!found.has(key)) {
        const { value } = reading;
        found.set(key, {
          source,
          value: leaf.kind === 'path' && typeof value === 'string' ? absolute(value, folder, env) : value
        });
      }
    }
    if (!found.has(key))
      found.set(key, {
        source: { kind: 'default' },
        value:
          leaf.default === undefined
            ? join(xdgHome(env, 'XDG_DATA_HOME', '.local', 'share'), 'cellway')
            : certain(readWritten(leaf, leaf.default))
      });
  }
  return { settings: nested(found), found, problems, file };
}

function fromEnvironment(env: NodeJS.ProcessEnv, problems: SettingProblem[]): Omit<Candidate, 'folder'>[] {
  const keys = [...LEAVES.keys()];
  const byVariable = new Map(keys.map(key => [variableOf(key), key]));
  return Object.entries(env).flatMap(([variable, text]) => {
    // An empty variable is one that is not set.
    if (!variable.startsWith('CELLWAY_') || !text || OTHER_VARIABLES.has(variable)) return [];
    const key = byVariable.get(variable);
    if (key !== undefined) return [{ key, written: text, source: { kind: 'environment', variable } as const }];
    // Others may use such names for what is theirs: only what looks like a slip is one.
    const near = likely(
      variable.slice('CELLWAY_'.length),
      [...byVariable.keys()].map(name => name.slice('CELLWAY_'.length))
    );
    if (near !== null)
      problems.push({
        where: variable,
        message: 'There is no such setting.',
        fix: `Did you mean CELLWAY_${near}?`
      });
    return [];
  });
}

function fromFile({ path, entries, broken }: SettingsFile, problems: SettingProblem[]): Candidate[] {
  if (broken !== null)
    problems.push({
      where: broken.line === null ? path : `${path}:${broken.line}`,
      message: broken.message,
      fix: 'See docs/guide/settings.md.'
    });
  const folder = dirname(path);
  return entries.flatMap(({ key, written, line }) => {
    if (LEAVES.has(key as Key))
      return [{ key: key as Key, written, source: { kind: 'file', path, line } as const, folder }];
    problems.push({ where: `${path}:${line}`, message: `There is no setting ${key}.`, fix: likelyKey(key) });
    return [];
  });
}

/** What to write instead of a key that is none. */
export function likelyKey(key: string): string {
  const keys = [...LEAVES.keys()];
  const within = keys.filter(known => known.startsWith(`${key}.`));
  if (within.length > 0) return `It is a table; in it there are ${within.join(', ')}.`;
  // `budget` for `cache.budget`: the table was forgotten.
  const near = likely(key, keys) ?? keys.find(known => known.endsWith(`.${key}`));
  return near === undefined ? 'cellway config lists all settings.' : `Did you mean ${near}?`;
}

export function whereOf(source: Source): string {
  switch (source.kind) {
    case 'default':
      return 'default';
    case 'file':
      return `${source.path}:${source.line}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
  }
}

function certain(reading: ReturnType<typeof readWritten>): unknown {
  if ('expected' in reading) throw new Error(`a default is not ${reading.expected}`);
  return reading.value;
}

function absolute(path: string, folder: string, env: NodeJS.ProcessEnv): string {
  const home = homeOf(env);
  if (path === '~') return home;
  if (path.startsWith('~/')) return join(home, path.slice(2));
  return isAbsolute(path) ? resolve(path) : resolve(folder, path);
}

function nested(found: ReadonlyMap<Key, { readonly value: unknown }>): Settings {
  const settings: Record<string, unknown> = {};
  for (const [key, { value }] of found) {
    const [table, field] = key.split('.') as [string, string?];
    if (field === undefined) settings[table] = value;
    else settings[table] = { ...(settings[table] as object | undefined), [field]: value };
  }
  return settings as unknown as Settings;
}
