import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Refusal, refused } from '../../../runs/refusal';
import type { Interpreter } from './interpreter';
import { errno } from '../../../runs/errno';

/** An installed kernelspec. `folder` is the one that holds `kernel.json`. */
export interface Kernel {
  readonly name: string;
  readonly folder: string;
  readonly display: string;
  readonly language: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Where to look, as jupyter_core's `jupyter_path` orders it: given paths, the user's, the prefix's, the system's. */
export function kernelFolders(prefix: string | null, env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const given = (env.JUPYTER_PATH ?? '').split(delimiter).filter(Boolean);
  const home = env.HOME || homedir();
  const user =
    env.JUPYTER_DATA_DIR ||
    (process.platform === 'darwin'
      ? join(home, 'Library', 'Jupyter')
      : join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'jupyter'));
  const own = prefix === null ? [] : [join(prefix, 'share', 'jupyter')];
  // A virtual environment's specs go before the user's: in it, `python3` means this environment (jupyter_core ≥ 5).
  const nearest = prefix !== null && existsSync(join(prefix, 'pyvenv.cfg')) ? [...own, user] : [user, ...own];
  const system = ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  return [...new Set([...given, ...nearest, ...system])].map(folder => join(folder, 'kernels'));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kernelspec in `folder`, or null when there is none or its `kernel.json` is not one. */
function readKernel(folder: string): Kernel | null {
  const path = join(folder, 'kernel.json');
  if (!existsSync(path)) return null;
  let spec: unknown;
  try {
    spec = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isRecord(spec) || !Array.isArray(spec.argv) || !spec.argv.every(part => typeof part === 'string')) return null;
  const env = isRecord(spec.env)
    ? Object.entries(spec.env).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    : [];
  return {
    name: basename(folder).toLowerCase(),
    folder,
    display: typeof spec.display_name === 'string' ? spec.display_name : basename(folder),
    language: typeof spec.language === 'string' ? spec.language.toLowerCase() : '',
    argv: spec.argv,
    env: Object.fromEntries(env)
  };
}

/** All installed kernelspecs; of two with one name the first folder's counts. */
export function installedKernels(prefix: string | null, env: NodeJS.ProcessEnv = process.env): readonly Kernel[] {
  const found = new Map<string, Kernel>();
  for (const folder of kernelFolders(prefix, env)) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder).sort()) {
      const kernel = readKernel(join(folder, entry));
      if (kernel && !found.has(kernel.name)) found.set(kernel.name, kernel);
    }
  }
  return [...found.values()];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (errno(error) !== null) return false;
    throw error;
  }
}

/** `python` of a prefix, null when it has none. */
function pythonOf(prefix: string): string | null {
  const candidates =
    process.platform === 'win32'
      ? [join(prefix, 'Scripts', 'python.exe'), join(prefix, 'python.exe')]
      : [join(prefix, 'bin', 'python'), join(prefix, 'bin', 'python3')];
  return candidates.find(isExecutable) ?? null;
}

/** A kernelspec lies in `<prefix>/share/jupyter/kernels/<name>`. */
function prefixOf(kernel: Kernel): string {
  return dirname(dirname(dirname(dirname(kernel.folder))));
}

function fillIn(env: Readonly<Record<string, string>>, outer: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)\}|\$(\w+)/g, (all, braced?: string, bare?: string) => outer[(braced ?? bare)!] ?? all)
    ])
  );
}

/** `conda run` keeps standard input and output to itself unless told otherwise; steps talk through them. */
function unbuffered(argv: readonly string[]): readonly string[] {
  const run = argv.findIndex(
    (part, at) => part === 'run' && at > 0 && /^(conda|mamba)(\.exe|\.bat)?$/.test(basename(argv[at - 1]!))
  );
  if (run < 0 || argv.includes('--no-capture-output') || argv.includes('--live-stream')) return argv;
  return [...argv.slice(0, run + 1), '--no-capture-output', ...argv.slice(run + 1)];
}

/** What starts the kernel's Python: its argv without the part that starts ipykernel; null when that part is not there. */
export function interpreterArgv(argv: readonly string[]): readonly string[] | null {
  const module = argv.findIndex((part, at) => argv[at - 1] === '-m' && /^ipykernel(_launcher)?$/.test(part));
  if (module < 2) return null;
  return unbuffered(argv.slice(0, module - 1));
}

/** A Python that was named by its path. */
export function directInterpreter(python: string): Interpreter {
  return { argv: [python], env: {}, kernel: null, display: python };
}

/**
 * The Python of the notebook's kernelspec. `kernel` null stands for `python3`. `prefix`: the environment that Cellway
 * is installed in. Refused when there is no such kernel, or one whose Python cannot be told.
 */
export function findInterpreter(
  kernel: string | null,
  prefix: string | null,
  env: NodeJS.ProcessEnv = process.env
): Interpreter | Refusal {
  const name = (kernel ?? 'python3').toLowerCase();
  const kernels = installedKernels(prefix, env);
  const found = kernels.find(candidate => candidate.name === name);
  if (!found) {
    const own = prefix === null ? null : pythonOf(prefix);
    // jupyter_client too offers the running Python as `python3` when nobody installed a spec of that name.
    if (name === 'python3' && own !== null) return { ...directInterpreter(own), kernel: 'python3' };
    const names = kernels.filter(candidate => candidate.language === 'python').map(candidate => candidate.name);
    return refused({
      code: 'kernel-missing',
      message: `The notebook wants the kernel '${name}', which is not installed. Installed: ${names.join(', ') || 'none'}.`,
      name,
      fix: `Run 'python -m ipykernel install --user --name ${name}' in the environment that the notebook needs, or choose another kernel in the notebook.`
    });
  }
  if (found.language !== 'python') {
    return refused({
      code: 'kernel-not-python',
      message: `The kernel '${name}' runs ${found.language || 'an unnamed language'}; Cellway runs Python notebooks.`,
      name
    });
  }
  const argv = interpreterArgv(found.argv);
  if (argv === null) {
    return refused({
      code: 'kernel-opaque',
      message: `The kernel '${name}' does not start by 'python -m ipykernel_launcher', so its Python cannot be told from ${join(found.folder, 'kernel.json')}.`,
      name,
      fix: `Write its argv as […, "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"].`
    });
  }
  const own = /^python(3(\.\d+)?)?$/.test(argv[0]!) ? pythonOf(prefixOf(found)) : null;
  return {
    argv: own === null ? argv : [own, ...argv.slice(1)],
    env: fillIn(found.env, env),
    kernel: name,
    display: found.display
  };
}
