import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

test('a second run takes every step from the cache and prints the same metrics', async () => {
  const path = scratch.notebook('metrics.ipynb', [
    ['a = 3', 'step:a'],
    ['score = a / 2', 'step:b', 'metrics']
  ]);
  const first = await scratch.run(['run', path]);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^metrics\n {2}score {2}1\.5 {2}b$/m) });
  const second = await scratch.run(['run', path]);
  expect(second.stdout).toMatch(/✓ a\s+from cache.*\n✓ b\s+from cache/);
  expect(second.stdout).toMatch(/^metrics\n {2}score {2}1\.5 {2}b$/m);
  const third = await scratch.run(['run', path, '--no-cache']);
  expect(third.stdout).not.toContain('from cache');
  expect(third.stdout).toMatch(/✓ b\s+done/);
});

test('a failing step: traceback with cell and line, dependents skipped, others finished, a notebook written', async () => {
  const path = scratch.notebook('fail.ipynb', [
    ['a = 1', 'step:a'],
    ['b = a\n\n1 / 0', 'step:b'],
    ['c = b', 'step:c'],
    ['d = a\nprint("d is", d)', 'step:d']
  ]);
  const { code, stdout } = await scratch.run(['run', path]);
  expect(code).toBe(1);
  expect(stdout).toContain('b, cell 2, line 3: ZeroDivisionError: division by zero');
  expect(stdout).toMatch(/----> 3 1 \/ 0/);
  expect(stdout).toMatch(/○ c\s+skipped\s+because of b/);
  expect(stdout).toMatch(/✓ d\s+done/);
  const written = /^notebook {2}(.+)$/m.exec(stdout)![1]!;
  const outputs = JSON.parse(readFileSync(written, 'utf8')).cells.map((cell: { outputs: unknown[] }) => cell.outputs);
  expect(outputs).toMatchObject([
    [],
    [{ output_type: 'error', ename: 'ZeroDivisionError' }],
    [],
    [{ output_type: 'stream', text: expect.anything() }]
  ]);
});

test('a value that cannot travel is refused with its place and what to do, once', async () => {
  const path = scratch.notebook('lock.ipynb', [
    ['import threading\nlock = threading.Lock()', 'step:a'],
    ['lock.acquire()', 'step:b']
  ]);
  const { code, stdout } = await scratch.run(['run', path]);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^a stopped \(cell 1, line 2\): lock .*cannot travel.*\[cannot-travel\]$/m);
  expect(stdout.split('Make it in the step that uses it').length).toBe(2);
});

test('--only takes what it needs from an earlier run with equal code; otherwise it names what is missing', async () => {
  const rows = (second: string) =>
    [
      ['print("a ran")\na = 1', 'step:a'],
      [second, 'step:b'],
      ['c = b * 10\nprint("c is", c)', 'step:c']
    ] as const;
  const path = scratch.notebook('only.ipynb', rows('b = a + 1'));
  const cold = await scratch.run(['run', path, '--only', 'c']);
  expect(cold).toMatchObject({ code: 2, stdout: '' });
  expect(cold.stderr).toMatch(/No earlier run has a result.* of step b.*\n {2}→ Run the notebook as a whole once\.\n/);
  await scratch.run(['run', path]);
  const warm = await scratch.run(['run', path, '--only', 'c', '--no-cache']);
  expect(warm).toMatchObject({ code: 0, stdout: expect.stringMatching(/○ a\s+not chosen[\s\S]*✓ c\s+done/) });
  expect(scratch.lastLog('c')).toBe('c is 20\n');
  scratch.notebook('only.ipynb', rows('b = a + 2'));
  const changed = await scratch.run(['run', path, '--only', 'c']);
  expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('or from b on (--from b)') });
  const from = await scratch.run(['run', path, '--from', 'b']);
  expect(from.stdout).toMatch(/✓ a\s+from cache[\s\S]*✓ b\s+done[\s\S]*✓ c\s+done/);
  expect(scratch.lastLog('c')).toBe('c is 30\n');
  const unknown = await scratch.run(['run', path, '--from', 'bb']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("no step 'bb'") });
});

test('what --only misses for other parameter values is only to be had by running it all with them', async () => {
  const path = scratch.notebook('values.ipynb', [
    ['n = 1', 'parameters'],
    ['a = n', 'step:a'],
    ['b = a', 'step:b'],
    ['c = b', 'step:c']
  ]);
  await scratch.run(['run', path]);
  const other = ['run', path, '-p', 'n=2'];
  const { code, stderr } = await scratch.run([...other, '--only', 'c']);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('parameter n 1 → 2') });
  expect(stderr).toMatch(/→ Run the notebook as a whole once with the same -p values\.$/m);
  await scratch.run(other);
  expect(await scratch.run([...other, '--only', 'c'])).toMatchObject({ code: 0 });
});

test('without a terminal reasons are whole, however long', async () => {
  const text = 'word '.repeat(60).trim();
  const path = scratch.notebook('long.ipynb', [[`raise ValueError(${JSON.stringify(text)})`, 'step:a']]);
  const { stdout } = await scratch.run(['run', path]);
  expect(stdout).toMatch(/^◐ a\s+running\s+first run$/m);
  expect(stdout).toContain(`failed`);
  expect(stdout.split('\n').find(line => line.startsWith('✕'))).toContain(`ValueError: ${text}`);
});

test('a data folder that cannot be is bad input, said at once', async () => {
  const path = scratch.notebook('place.ipynb', [['a = 1', 'step:a']]);
  scratch.write('file', '');
  for (const command of ['run', 'verify']) {
    const { code, stderr } = await scratch.run([command, path, '--data', 'file']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/^cellway: Runs cannot be kept/) });
  }
});

test('--json prints events, one a line, and nothing else', async () => {
  const path = scratch.notebook('json.ipynb', [['print("x")', 'step:a']]);
  const { code, stdout, stderr } = await scratch.run(['run', path, '--json', '--no-cache']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { n: number; type: string; state?: string });
  expect(events.map(event => event.n)).toEqual(events.map((_, at) => at + 1));
  expect(events.at(-1)).toMatchObject({ type: 'run', state: 'succeeded' });
});

test('--data says where runs are kept', async () => {
  const path = scratch.notebook('data.ipynb', [['print("x")', 'step:a']]);
  const { stdout } = await scratch.run(['run', path, '--data', 'kept']);
  expect(stdout).toContain(`notebook  ${join(scratch.folder, 'kept', 'runs')}`);
});

test('the notebook that a run writes keeps numbers and all else that it did not make', async () => {
  const big = '{"n": 12345678901234567890, "one": 1.0}';
  const path = scratch.notebook('big.ipynb', [['1', 'step:a']]);
  const text = readFileSync(join(scratch.folder, path), 'utf8').replace(
    '"metadata":{"kernelspec"',
    `"metadata":{"mine":${big},"kernelspec"`
  );
  scratch.write(path, text);
  const { stdout } = await scratch.run(['run', path]);
  const written = readFileSync(/^notebook {2}(.+)$/m.exec(stdout)![1]!, 'utf8');
  expect(written).toMatch(/"n": 12345678901234567890,\s+"one": 1\.0/);
});

test('a setup cell that reads a step is refused before anything runs: exit 3', async () => {
  const path = scratch.notebook('setup.ipynb', [
    ['x = [1]', 'step:a'],
    ['y = len(x)', 'setup'],
    ['print(y)', 'step:b']
  ]);
  const { code, stdout, stderr } = await scratch.run(['run', path]);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/:2:1:9 error setup-reads-step This setup cell reads `x`/);
});
