import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findInterpreter, type Interpreter } from '../engines/local/interpreter';
import { xdgHome } from '../settings/home';

export type Version = readonly [major: number, minor: number];

/** The environment that Cellway is installed in, null where that is not known. */
export function ownPrefix(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.CELLWAY_PYTHON === undefined ? null : dirname(dirname(env.CELLWAY_PYTHON));
}

/**
 * The version of the Python that a notebook's kernel runs. The Python that started this command is known; another one is
 * asked once, and its answer kept as long as its file does not change. Where the kernel is missing or does not answer,
 * this command's own Python stands for it: analysis goes on, and `run` says what is wrong.
 */
export function pythonVersion(kernel: string | null, env: NodeJS.ProcessEnv = process.env): Version {
  const own = parseVersion(env.CELLWAY_PYTHON_VERSION ?? '') ?? [3, 11];
  const interpreter = findInterpreter(kernel, ownPrefix(env), env);
  if ('kind' in interpreter || isOwn(interpreter, env.CELLWAY_PYTHON)) {
    return own;
  }
  return asked(interpreter, env) ?? own;
}

function parseVersion(text: string): Version | null {
  const found = /^(\d+)\.(\d+)$/.exec(text.trim());
  return found === null ? null : [Number(found[1]), Number(found[2])];
}

/** The same file in the same folder: `bin/python3` beside `bin/python`. Links from another environment do not count. */
function isOwn({ argv }: Interpreter, own: string | undefined): boolean {
  const program = argv[0]!;
  if (own === undefined || dirname(program) !== dirname(own) || !existsSync(program)) {
    return false;
  }
  return program === own || realpathSync(program) === realpathSync(own);
}

/** Where is kept which Python each interpreter is. */
export function knownPythons(env: NodeJS.ProcessEnv = process.env): string {
  return join(xdgHome(env, 'XDG_CACHE_HOME', '.cache'), 'cellway', 'pythons.json');
}

const ASK = 'import sys; print("%d.%d" % sys.version_info[:2])';

function asked(interpreter: Interpreter, env: NodeJS.ProcessEnv): Version | null {
  const path = knownPythons(env);
  const program = interpreter.argv[0]!;
  const stat = statSync(program, { throwIfNoEntry: false });
  const key = JSON.stringify([interpreter.argv, stat?.mtimeMs ?? null, stat?.size ?? null]);
  const known = readKnown(path);
  const kept = typeof known[key] === 'string' ? parseVersion(known[key]) : null;
  if (kept !== null) {
    return kept;
  }
  const version = ask(interpreter, env);
  // A program that was found by its name may be another one next time.
  if (version !== null && stat !== undefined) {
    keep(path, { ...known, [key]: version.join('.') });
  }
  return version;
}

function ask({ argv, env: own }: Interpreter, env: NodeJS.ProcessEnv): Version | null {
  // Loaded only here: it would cost each command some milliseconds.
  const { execFileSync } = process.getBuiltinModule('node:child_process');
  try {
    const answer = execFileSync(argv[0]!, [...argv.slice(1), '-c', ASK], {
      encoding: 'utf8',
      env: { ...env, ...own },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000
    });
    return parseVersion(answer);
  } catch (error) {
    if (error instanceof Error) {
      return null;
    }
    throw error;
  }
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
