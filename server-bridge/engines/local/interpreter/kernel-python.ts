import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { type Refusal, refused } from '../../../runs/refusal';
import { askVersion, parseVersion, type Version } from './ask';
import { findInterpreter, isExecutable, remake } from './find';
import type { Interpreter } from './interpreter';

/** Of step runtime and analysis of what it does. */
const OLDEST: Version = [3, 9];

/**
 * The Python of a notebook's kernel. Where it is refused, Cellway's own Python stands for it in the analysis, which goes
 * on: `version` is that one's.
 */
export interface KernelPython {
  readonly version: Version;
  readonly interpreter: Interpreter | Refusal;
}

/** The environment that Cellway is installed in, null where that is not known. */
export function ownPrefix(env: NodeJS.ProcessEnv = process.env): string | null {
  return env.CELLWAY_PYTHON === undefined ? null : dirname(dirname(env.CELLWAY_PYTHON));
}

/**
 * Finds the kernel's Python and makes sure that it runs and is new enough. The Python that started this command is known;
 * another one is asked (`askVersion`). A refusal says what to do.
 */
export function kernelPython(kernel: string | null, env: NodeJS.ProcessEnv = process.env): KernelPython {
  const own = parseVersion(env.CELLWAY_PYTHON_VERSION ?? '') ?? [3, 11];
  const found = findInterpreter(kernel, ownPrefix(env), env);
  if ('kind' in found || isOwn(found, env.CELLWAY_PYTHON)) {
    return { version: own, interpreter: found };
  }
  const answer = checked(found, env);
  return 'kind' in answer ? { version: own, interpreter: answer } : { version: answer, interpreter: found };
}

function checked(interpreter: Interpreter, env: NodeJS.ProcessEnv): Version | Refusal {
  const name = interpreter.kernel ?? 'python3';
  const refuse = (code: string, message: string, fix = remake(name)): Refusal => refused({ code, message, name, fix });
  const gone = missing(interpreter.argv[0]!, env);
  if (gone !== null) {
    return refuse('kernel-gone', `The kernel '${name}' starts ${interpreter.argv[0]}, which ${gone}.`);
  }
  const answer = askVersion(interpreter, env);
  if ('kind' in answer) {
    const command = interpreter.argv.join(' ');
    return refuse('kernel-silent', `The kernel '${name}' starts no Python: ${command} said ${answer.said}.`);
  }
  if (isNewEnough(answer)) {
    return answer;
  }
  const oldest = OLDEST.join('.');
  return refuse(
    'kernel-old',
    `The kernel '${name}' runs Python ${answer.join('.')}; Cellway needs ${oldest} or newer.`,
    remake(name, `an environment with Python ${oldest} or newer`)
  );
}

function isNewEnough([major, minor]: Version): boolean {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Why the program cannot be started, null when it can. */
function missing(program: string, env: NodeJS.ProcessEnv): string | null {
  if (isAbsolute(program)) {
    return isExecutable(program) ? null : existsSync(program) ? 'may not be run' : 'is gone';
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return folders.some(folder => isExecutable(join(folder, program))) ? null : 'is not on the PATH';
}

/** The same file in the same folder: `bin/python3` beside `bin/python`. Links from another environment do not count. */
function isOwn({ argv }: Interpreter, own: string | undefined): boolean {
  const program = argv[0]!;
  if (own === undefined || dirname(program) !== dirname(own) || !existsSync(program)) {
    return false;
  }
  return program === own || realpathSync(program) === realpathSync(own);
}
