import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

test('the pipeline gives what the notebook gives: exit 0 and a count', async () => {
  const path = scratch.notebook('same.ipynb', [
    ['import numpy as np\nnp.random.seed(1)\na = np.zeros(4)', 'step:make'],
    ['v = a[1:3]\nv[:] = np.random.rand(2)', 'step:view'],
    ['a', 'step:show']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('cells      3 identical') });
  expect(stdout).toMatch(/^variables {2}2 identical, 0 equal to rounding, 0 different$/m);
});

test('what differs is told by cell and by variable: exit 1', async () => {
  const path = scratch.notebook('process.ipynb', [
    ['import os\npid = os.getpid()', 'step:a'],
    ['same = pid == os.getpid()\nprint(same)', 'step:b']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^different {2}cell 2, stdout line 1: 'True' in the notebook, 'False' in the run$/m);
  expect(stdout).toMatch(/^different {2}same \(step b\): True here, False there$/m);
  expect(stdout).toMatch(/^differs by itself {2}pid \(step a\)/m);
});

test('a cell tagged raises-exception may fail, as in Jupyter', async () => {
  const path = scratch.notebook('raises.ipynb', [
    ['x = 1', 'step:a'],
    ['x = 2\n1 / 0', 'raises-exception'],
    ['print(x)', 'step:b']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('cells      3 identical') });
});

test('a name that only a later cell binds is an error of its cell, which may be meant to raise it', async () => {
  const path = scratch.notebook('later.ipynb', [
    ['x = 1', 'step:a'],
    ['print(later)', 'raises-exception'],
    ['later = 2\nprint(x)', 'step:b']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('cells      3 identical') });
});

test('both stop at the same cell with the same error: exit 0, and it is said', async () => {
  const path = scratch.notebook('stops.ipynb', [
    ['x = 1', 'step:a'],
    ['x / 0', 'step:b'],
    ['print(x)', 'step:c']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect(code).toBe(0);
  expect(stdout).toContain('The notebook itself stops at cell 2: ZeroDivisionError: division by zero');
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^Both fail alike: THE NOTEBOOK ITSELF FAILS at cell 2/);
});

test('a kernel that ends in the middle ends the comparison, not the patience', async () => {
  const path = scratch.notebook('ends.ipynb', [
    ['x = 1', 'step:a'],
    ['import os\nos._exit(3)', 'step:b'],
    ['print(x)', 'step:c']
  ]);
  const { code, stdout } = await scratch.run(['verify', path]);
  expect(code).toBe(0);
  expect(stdout).toContain('The notebook itself stops at cell 2: KernelEnded: the kernel ended');
});
