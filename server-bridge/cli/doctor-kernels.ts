import {
  type BrokenKernel,
  installedKernels,
  type Kernel,
  kernelPython,
  ownPrefix
} from '../engines/local/interpreter';
import type { Finding } from './doctor';
import { askPython } from './python-facts';

/** Each Python kernel with the Python that it starts; one that starts none would fail only when it is used. */
export async function kernelFindings(python: string): Promise<readonly Finding[]> {
  const kernels = installedKernels(ownPrefix()).filter(
    one => one.kind === 'broken' || /^(python)?$/.test(one.language)
  );
  if (kernels.length === 0) {
    return [
      {
        what: 'kernels',
        state: 'optional',
        found: 'none installed: notebooks run on the Python above',
        fix: `${python} -m ipykernel install --user`
      }
    ];
  }
  return Promise.all(kernels.map(finding));
}

async function finding({ name, folder }: Kernel | BrokenKernel): Promise<Finding> {
  const what = `kernel ${name}`;
  const remake = `Run 'python -m ipykernel install --user --name ${name}' in an environment with Python 3.9 or newer, or remove ${folder}`;
  const { interpreter } = kernelPython(name);
  if ('kind' in interpreter) {
    return { what, state: 'optional', found: interpreter.reason.message, fix: remake };
  }
  const { argv, env } = interpreter;
  const facts = await askPython(argv, ['ipykernel', 'ipython'], { ...process.env, ...env });
  if (typeof facts === 'string') {
    return { what, state: 'optional', found: facts, fix: remake };
  }
  const found = `${facts.python} (${argv.join(' ')})`;
  const lacks = Object.entries(facts.packages).flatMap(([name, version]) => (version === null ? [name] : []));
  return lacks.length === 0
    ? { what, state: 'ok', found }
    : {
        what,
        state: 'optional',
        found: `${found} has no ${lacks.join(' and no ')}`,
        fix: `${argv.join(' ')} -m pip install ${lacks.join(' ')}`
      };
}
