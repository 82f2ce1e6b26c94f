import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const kernel = (name: string) => ({ metadata: { kernelspec: { name } } });

test('a kernel that is not installed: graph and check work, run is refused with the way out', async () => {
  const path = scratch.notebook('gone.ipynb', [['a = 1', 'step:a']], kernel('gone-kernel'));
  expect(await scratch.run(['graph', path])).toMatchObject({ code: 0, stderr: '' });
  expect(await scratch.run(['check', path])).toMatchObject({ code: 0, stderr: '' });
  const { code, stderr } = await scratch.run(['run', path]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/wants the kernel 'gone-kernel', which is not installed\. Installed: .*python3/);
  expect(stderr).toContain('python -m ipykernel install --user --name gone-kernel');
});

test("the analysis is for the kernel's own Python, which is asked once", async () => {
  const jupyter = join(scratch.folder, 'jupyter');
  const program = join(scratch.folder, 'python-of-the-future');
  const asked = join(scratch.folder, 'asked');
  writeFileSync(program, `#!/bin/sh\necho x >> "${asked}"\necho 3.14\n`);
  chmodSync(program, 0o755);
  mkdirSync(join(jupyter, 'kernels', 'future'), { recursive: true });
  const argv = [program, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const spec = { argv, display_name: 'Future', language: 'python' };
  writeFileSync(join(jupyter, 'kernels', 'future', 'kernel.json'), JSON.stringify(spec));
  const env = { JUPYTER_PATH: jupyter, XDG_CACHE_HOME: join(scratch.folder, 'cache') };
  // Before 3.14 a plain annotation is a read.
  const rows = [
    ['T = int', 'step:a'],
    ['x: T = 1', 'step:b']
  ] as const;
  const now = scratch.notebook('now.ipynb', rows);
  const future = scratch.notebook('future.ipynb', rows, kernel('future'));
  const edges = async (path: string) =>
    (JSON.parse((await scratch.run(['graph', path, '--json'], env)).stdout) as { edges: unknown[] }).edges;
  expect(await edges(now)).toHaveLength(1);
  expect(await edges(future)).toHaveLength(0);
  expect(await edges(future)).toHaveLength(0);
  expect(readFileSync(asked, 'utf8')).toBe('x\n');
});

test('what `from module import *` binds is read from the module beside the notebook', async () => {
  scratch.write('mine.py', 'import math\nSCALE = 3\ndef scaled(x): return x * SCALE\n_hidden = 1\n');
  const path = scratch.notebook('star.ipynb', [
    ['other = 5', 'step:a'],
    ['from mine import *', 'step:b'],
    ['print(scaled(other), math.pi > 3)', 'step:c']
  ]);
  const graph = JSON.parse((await scratch.run(['graph', path, '--json'])).stdout);
  expect(graph.steps[2]).toMatchObject({ needs: ['a'], inputs: [{ name: 'other', from: 'a' }] });
  expect(await scratch.run(['run', path])).toMatchObject({ code: 0 });
  expect(scratch.lastLog('c')).toBe('15 True\n');
});
