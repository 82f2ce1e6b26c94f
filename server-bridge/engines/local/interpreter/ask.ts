import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { errno } from '../../../runs/errno';
import { xdgHome } from '../../../settings/home';
import type { Interpreter } from './interpreter';

export type Version = readonly [major: number, minor: number];

/** It did not say its version: what it said, or why it could not. */
export interface Silence {
  readonly kind: 'silent';
  readonly said: string;
}

export function parseVersion(text: string): Version | null {
  const found = /^(\d+)\.(\d+)$/.exec(text.trim());
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

/** Where is kept which Python each interpreter is. */
export function knownPythons(env: NodeJS.ProcessEnv = process.env): string {
  return join(xdgHome(env, 'XDG_CACHE_HOME', '.cache'), 'cellway', 'pythons.json');
}

/** Milliseconds. */
const PATIENCE = 20_000;

const ASK = 'import sys; print("%d.%d" % sys.version_info[:2])';

/**
 * The version of the Python that this starts. It is asked once, which takes a moment, and its answer kept as long as the
 * files do not change that its command names.
 */
export function askVersion(interpreter: Interpreter, env: NodeJS.ProcessEnv): Version | Silence {
  const path = knownPythons(env);
  const key = keyOf(interpreter);
  const known = readKnown(path);
  const kept = key !== null && typeof known[key] === 'string' ? parseVersion(known[key]) : null;
  if (kept !== null) {
    return kept;
  }
  const answer = ask(interpreter, env);
  if (key !== null && !('kind' in answer)) {
    keep(path, { ...known, [key]: answer.join('.') });
  }
  return answer;
}

/** Null when its program is found by name: that may be another one next time. A digest, as variables may be secrets. */
function keyOf({ argv, env }: Interpreter): string | null {
  if (!isAbsolute(argv[0]!)) {
    return null;
  }
  const files = argv.filter(isAbsolute).map(path => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return [stat?.mtimeMs ?? null, stat?.size ?? null];
  });
  return createHash('sha256')
    .update(JSON.stringify([argv, env, files]))
    .digest('hex');
}

function ask({ argv, env: own }: Interpreter, env: NodeJS.ProcessEnv): Version | Silence {
  // Loaded only here: it would cost each command some milliseconds.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { error, stdout, stderr } = spawnSync(argv[0]!, [...argv.slice(1), '-c', ASK], {
    encoding: 'utf8',
    env: { ...env, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE
  });
  const version = parseVersion(stdout?.split('\n').findLast(line => line.trim() !== '') ?? '');
  if (version !== null) {
    return version;
  }
  const code = errno(error);
  const last = stderr?.trim().split('\n').at(-1) ?? '';
  const why = code === 'ETIMEDOUT' ? `nothing for ${PATIENCE / 1000} s` : (code ?? `'${last.slice(0, 200)}'`);
  return { kind: 'silent', said: why };
}

function readKnown(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) {
    return {};
  }
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) {
      return {};
    }
    throw error;
  }
}

/** A cache that cannot be written only costs the next question. */
function keep(path: string, known: Readonly<Record<string, unknown>>): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const fresh = `${path}.${process.pid}.new`;
    writeFileSync(fresh, JSON.stringify(known));
    renameSync(fresh, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) {
      throw error;
    }
  }
}
