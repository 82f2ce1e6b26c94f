import { execFile } from 'node:child_process';
import { existsSync, realpathSync, statSync } from 'node:fs';
import type { Store } from '../../../store';
import type { Interpreter } from '../interpreter';

/** What the interpreter says of itself. `packages`: top-level module → `distribution version`. */
export interface InterpreterFacts {
  readonly python: string;
  readonly executable: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Folders that packages are in, with the time of their last change. */
  readonly folders: Readonly<Record<string, number>>;
  /** Variables of its environment that the kernelspec or a wrapper sets. */
  readonly variables: Readonly<Record<string, string>>;
}

type Surroundings = Readonly<Record<string, string | undefined>>;

const question = `
import json, os, sys
from importlib import metadata
packages, folders = {}, {}
for path in sys.path:
    if path and os.path.isdir(path) and ('site-packages' in path or 'dist-packages' in path):
        folders[path] = os.stat(path).st_mtime_ns // 1000000
for dist in metadata.distributions():
    name, version = dist.metadata['Name'], dist.version
    tops = (dist.read_text('top_level.txt') or '').split()
    if not tops:
        tops = {f.parts[0] if len(f.parts) > 1 else f.stem for f in (dist.files or []) if f.suffix in ('.py', '.so')}
    for top in tops:
        packages.setdefault(top, str(name) + ' ' + str(version))
print(json.dumps({'python': sys.version.split()[0], 'executable': sys.executable, 'packages': packages, 'folders': folders,
                  'variables': dict(os.environ)}))
`;

function changedAt(folder: string): number | null {
  const stat = statSync(folder, { throwIfNoEntry: false, bigint: true });
  return stat ? Number(stat.mtimeNs / 1_000_000n) : null;
}

const KIND = 'interpreter';

function keyOf(interpreter: Interpreter): string {
  return JSON.stringify([interpreter.argv, interpreter.env]);
}

/** A shell's own: they tell where and how deep it runs, and nothing of the kernel. */
const OF_SHELLS: ReadonlySet<string> = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

/**
 * Facts of an interpreter that is started from `surroundings`. What was found out earlier stands as long as no package
 * has been installed or removed; to ask costs some tenths of a second. One behind a wrapper is asked every time, as
 * nothing tells when what the wrapper does has changed; its variables may be secrets, and are not kept.
 */
export async function factsOf(
  store: Store,
  interpreter: Interpreter,
  surroundings: Surroundings
): Promise<InterpreterFacts> {
  const known = recalled(store, interpreter);
  if (known !== null) return { ...known, variables: interpreter.env };
  const facts = await ask(interpreter, surroundings);
  if (isProgram(interpreter.argv[0]!, facts.executable)) {
    const { variables: _, ...kept } = facts;
    store.remember(KIND, keyOf(interpreter), JSON.stringify(kept));
  }
  return facts;
}

function isProgram(program: string, executable: string): boolean {
  return existsSync(program) && existsSync(executable) && realpathSync(program) === realpathSync(executable);
}

function recalled(store: Store, interpreter: Interpreter): Omit<InterpreterFacts, 'variables'> | null {
  const known = store.recall(KIND, keyOf(interpreter));
  if (known === null) return null;
  const facts = JSON.parse(known) as InterpreterFacts;
  return Object.entries(facts.folders).every(([folder, mtime]) => changedAt(folder) === mtime) ? facts : null;
}

function ask(interpreter: Interpreter, surroundings: Surroundings): Promise<InterpreterFacts> {
  const given: NodeJS.ProcessEnv = { ...surroundings, ...interpreter.env };
  const [program, ...rest] = interpreter.argv;
  return new Promise((resolve, reject) => {
    const options = { env: given, maxBuffer: 2 ** 26 };
    execFile(program!, [...rest, '-c', question], options, (error, stdout, stderr) => {
      if (error) {
        const said = stderr.trim().split('\n').at(-1);
        return reject(said ? new Error(`${interpreter.argv.join(' ')} does not answer: ${said}`) : error);
      }
      const facts = JSON.parse(stdout.slice(stdout.indexOf('{'))) as InterpreterFacts;
      const set = Object.entries(facts.variables).filter(
        ([name, value]) => given[name] !== value && !OF_SHELLS.has(name)
      );
      resolve({ ...facts, variables: { ...interpreter.env, ...Object.fromEntries(set) } });
    });
  });
}
