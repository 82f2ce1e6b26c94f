import { accessSync, constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errno } from '../../../runs/errno';
import { type Refusal, refused } from '../../../runs/refusal';
import type { Interpreter } from './interpreter';
import { installedKernels, type Kernel } from './kernelspec';

export function isExecutable(path: string): boolean {
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

/** `$NAME`, `${NAME}` and `$$`, as jupyter_client's `Template.safe_substitute`; an unknown name stays. */
function fillIn(env: Readonly<Record<string, string>>, outer: NodeJS.ProcessEnv): Record<string, string> {
  const filled = (value: string): string =>
    value.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (all, dollar?: string, braced?: string, bare?: string) =>
      dollar === undefined ? (outer[(braced ?? bare)!] ?? all) : '$'
    );
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value)]));
}

/** `{resource_dir}` and `{prefix}`, as jupyter_client's `format_kernel_cmd`. */
function placed(kernel: Kernel, prefix: string | null): readonly string[] {
  const places: Readonly<Record<string, string | null>> = { resource_dir: kernel.folder, prefix };
  return kernel.argv.map(part =>
    part.replace(/\{(resource_dir|prefix)\}/g, (all, name: string) => places[name] ?? all)
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

/** A program without a folder: that of the environment in which the spec lies, else of ours, which would be Jupyter's. */
function ownProgram(program: string, kernel: Kernel, prefix: string | null): string {
  if (!/^python(3(\.\d+)?)?$/.test(program)) return program;
  const there = pythonOf(prefixOf(kernel));
  if (there !== null) return there;
  return (/\./.test(program) || prefix === null ? null : pythonOf(prefix)) ?? program;
}

/** The way out of a kernel that does not run: its environment, or another one. */
export function remake(name: string, where = 'the environment that the notebook needs'): string {
  return `Run 'python -m ipykernel install --user --name ${name}' in ${where}, or choose another kernel in the notebook.`;
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
    const names = kernels.flatMap(one => (one.kind === 'kernel' && one.language === 'python' ? [one.name] : []));
    return refused({
      code: 'kernel-missing',
      message: `The notebook wants the kernel '${name}', which is not installed. Installed: ${names.join(', ') || 'none'}.`,
      name,
      fix: remake(name)
    });
  }
  if (found.kind === 'broken') {
    return refused({
      code: 'kernel-broken',
      message: `The kernel '${name}' has no kernelspec that can be used: ${found.why}.`,
      name,
      fix: remake(name)
    });
  }
  const argv = interpreterArgv(placed(found, prefix));
  if (found.language !== 'python' && !(found.language === '' && argv !== null)) {
    return refused({
      code: 'kernel-not-python',
      message: `The kernel '${name}' runs ${found.language || 'an unnamed language'}; Cellway runs Python notebooks.`,
      name
    });
  }
  if (argv === null) {
    return refused({
      code: 'kernel-opaque',
      message: `The kernel '${name}' does not start by 'python -m ipykernel_launcher', so its Python cannot be told from ${join(found.folder, 'kernel.json')}.`,
      name,
      fix: `Write its argv as […, "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"].`
    });
  }
  return {
    argv: [ownProgram(argv[0]!, found, prefix), ...argv.slice(1)],
    env: fillIn(found.env, env),
    kernel: name,
    display: found.display
  };
}
