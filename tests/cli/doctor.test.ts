import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

test('doctor tells what is there, and each kernel with its Python; one that is gone with the way out', async () => {
  const jupyter = join(scratch.folder, 'jupyter');
  mkdirSync(join(jupyter, 'kernels', 'old'), { recursive: true });
  const argv = ['/gone/bin/python', '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  writeFileSync(join(jupyter, 'kernels', 'old', 'kernel.json'), JSON.stringify({ argv, language: 'python' }));
  const { code, stdout } = await scratch.run(['doctor'], { JUPYTER_PATH: jupyter });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^✓ Node +\d+\.\d+/m);
  expect(stdout).toMatch(/^✓ cloudpickle +\d/m);
  expect(stdout).toMatch(/^✓ kernel python3 +3\.\d+\.\d+ \(\/.*python\)/m);
  expect(stdout).toMatch(
    /^○ kernel old +.* starts \/gone\/bin\/python, which is gone\.\n {4}→ Run .* or remove .*kernels\/old/m
  );
  expect(stdout).toContain('data folder');
});

test('--data names the folder that is looked at', async () => {
  const { code, stdout } = await scratch.run(['doctor', '--data', 'x']);
  expect(code).toBe(0);
  expect(stdout).toContain(join(scratch.folder, 'x'));
});

test.each([
  ...['check', 'graph', 'run', 'verify', 'doctor', 'runs', 'show', 'logs', 'metrics', 'artifact'],
  ...['cancel', 'retry', 'resume', 'wait', 'prune', 'serve', 'config']
])('%s --help tells its options and exit codes', async command => {
  const { code, stdout } = await scratch.run([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^cellway ${command}`));
  expect(stdout).toContain('Exit:');
  for (const [option] of stdout.matchAll(/--[a-z-]+/g)) {
    const answer = await scratch.run([command, option]);
    expect(answer.stderr).not.toContain('Unknown option');
  }
  const lines = stdout.split('\n').map(line => line.length);
  expect(Math.max(...lines)).toBeLessThanOrEqual(88);
});

test('a wrong command or option is told with the likely one', async () => {
  const ends = await Promise.all([scratch.run(['grpah']), scratch.run(['run', 'x', '--no-cahce']), scratch.run([])]);
  expect(ends.map(end => end.code)).toEqual([2, 2, 2]);
  expect(ends[0]!.stderr).toContain("Did you mean 'graph'?");
  expect(ends[1]!.stderr).toContain('Did you mean --no-cache?');
  expect(ends[2]!.stdout).toContain('Cellway: ');
});
