import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { errno } from '../../../runs/errno';

/** An installed kernelspec. `folder` is the one that holds `kernel.json`. */
export interface Kernel {
  readonly kind: 'kernel';
  readonly name: string;
  readonly folder: string;
  readonly display: string;
  readonly language: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A folder with a `kernel.json` that is no kernelspec, and why. */
export interface BrokenKernel {
  readonly kind: 'broken';
  readonly name: string;
  readonly folder: string;
  readonly why: string;
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

/** The kernelspec in `folder`, null when there is none. */
function readKernel(folder: string): Kernel | BrokenKernel | null {
  const path = join(folder, 'kernel.json');
  const name = basename(folder).toLowerCase();
  const broken = (why: string): BrokenKernel => ({ kind: 'broken', name, folder, why });
  if (!existsSync(path)) return null;
  let spec: unknown;
  try {
    spec = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return broken(`${path} is not JSON`);
    const code = errno(error);
    if (code === null) throw error;
    return broken(`${path} cannot be read (${code})`);
  }
  if (!isRecord(spec)) return broken(`${path} is not an object`);
  const { argv } = spec;
  if (!Array.isArray(argv) || argv.length === 0 || !argv.every(part => typeof part === 'string'))
    return broken(`argv in ${path} is not a list of texts`);
  const env = isRecord(spec.env)
    ? Object.entries(spec.env).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    : [];
  return {
    kind: 'kernel',
    name,
    folder,
    display: typeof spec.display_name === 'string' ? spec.display_name : basename(folder),
    language: typeof spec.language === 'string' ? spec.language.toLowerCase() : '',
    argv,
    env: Object.fromEntries(env)
  };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errno(error) === null) throw error;
    return []; // not there, or nothing that we may look into: Jupyter finds no kernels there either
  }
}

/** All installed kernelspecs; of two with one name the first folder's counts. */
export function installedKernels(
  prefix: string | null,
  env: NodeJS.ProcessEnv = process.env
): readonly (Kernel | BrokenKernel)[] {
  const found = new Map<string, Kernel | BrokenKernel>();
  for (const folder of kernelFolders(prefix, env)) {
    for (const entry of entriesOf(folder)) {
      const kernel = readKernel(join(folder, entry));
      if (kernel && !found.has(kernel.name)) found.set(kernel.name, kernel);
    }
  }
  return [...found.values()];
}
