import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

test('a command that starts while the bundle is built anew finds a whole one', async () => {
  const path = scratch.notebook('n.ipynb', [['a = 1', 'step:a']]);
  const root = join(__dirname, '..', '..');
  const build = spawn(process.execPath, [join(root, 'scripts', 'build.mjs'), '--force'], { stdio: 'ignore' });
  const built = new Promise(resolve => build.once('exit', resolve));
  const codes: (number | null)[] = [];
  while (build.exitCode === null) {
    codes.push((await scratch.run(['graph', path])).code);
  }
  expect(await built).toBe(0);
  expect(codes.filter(code => code !== 0)).toEqual([]);
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  expect((await scratch.run(['graph', path])).code).toBe(0);
});
