import type { Seen } from './history';

/** Packages that neither draw nor print frames: options of pandas, matplotlib and NumPy are nothing to them. */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'abc argparse ast asyncio base64 bisect collections concurrent contextlib copy csv dataclasses datetime enum functools gc ' +
    'glob gzip hashlib heapq io itertools json locale logging math multiprocessing operator os pathlib pickle platform pprint ' +
    'queue random re requests shutil sqlite3 statistics string struct subprocess sys tempfile textwrap threading time timeit ' +
    'tqdm traceback typing urllib uuid warnings weakref yaml zipfile'
  ).split(' ')
);

/**
 * Whether what is in a slot can matter to the step. Of one that still runs only what its code says is known; it is asked
 * again when it has finished.
 */
export function mayUse(step: Seen, slot: string): boolean {
  if (step.node.dynamic) return true;
  const imports = [...step.node.imports, ...Object.keys(step.report?.modules ?? {})];
  if (slot.startsWith('module:')) {
    const path = slot.slice('module:'.length).replaceAll('.', '/');
    const files = step.report?.local_modules ?? [];
    return (
      imports.includes(path.split('/')[0]!) || files.includes(`${path}.py`) || files.includes(`${path}/__init__.py`)
    );
  }
  // Only who looks for a figure that it has not made itself.
  if (slot === 'matplotlib.figures') return step.report?.used.figures ?? false;
  if (slot === 'matplotlib.rcParams' || slot === 'pandas.options')
    return imports.some(name => !PLAIN.has(name) && name !== 'numpy') || step.node.inputs.length > 0;
  if (slot.startsWith('numpy.')) return imports.some(name => !PLAIN.has(name)) || step.node.inputs.length > 0;
  return true;
}
