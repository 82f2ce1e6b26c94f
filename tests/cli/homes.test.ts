import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, type Ended, ended, Scratch } from './command';

/** Homes in which nothing can be kept. Each command has a mount namespace of its own, where that is allowed. */
const allowed = spawnSync('unshare', ['--mount', 'true']).status === 0;
if (!allowed) process.stderr.write('homes: skipped, mount namespaces are not allowed here\n');
const inNamespace = allowed ? test : test.skip;

let scratch: Scratch;
let home: string;
beforeAll(() => {
  scratch = new Scratch();
  home = join(scratch.folder, '..', 'home');
  mkdirSync(home);
});
afterAll(() => scratch.close());

const READ_ONLY = 'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$0" "$@"';

/** As on a machine of which nothing but the home and the programs is known. */
function bare(...args: string[]): Promise<Ended> {
  const env = { HOME: home, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  return ended(spawn('unshare', ['--mount', 'sh', '-c', READ_ONLY, COMMAND, ...args], { cwd: scratch.folder, env }));
}

inNamespace('under a read-only home the data folder is refused with the reason and the way out', async () => {
  const name = scratch.notebook('n.ipynb', [['print(1)', 'step:a']]);
  for (const args of [['run', name], ['verify', name], ['runs']]) {
    const { code, stderr } = await bare(...args);
    expect({ args, code, stderr }).toEqual({
      args,
      code: 2,
      stderr: `cellway: Runs cannot be kept in ${home}/.local/share/cellway: its file system is read-only.\n  → Name a folder of yours with --data or CELLWAY_DATA.\n`
    });
  }
  const doctor = await bare('doctor');
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain('cannot be written (EROFS)');
});

inNamespace('what keeps nothing works under a read-only home, and all does with a data folder elsewhere', async () => {
  const name = scratch.notebook('n.ipynb', [['print(1)', 'step:a']]);
  for (const args of [['graph', name], ['check', name], ['config']])
    expect(await bare(...args)).toMatchObject({ code: 0, stderr: '' });
  const data = join(scratch.folder, '..', 'elsewhere');
  for (const command of ['run', 'verify'])
    expect(await bare(command, name, '--data', data)).toMatchObject({ code: 0, stderr: '' });
  expect((await bare('runs', '--data', data)).stdout.split('\n')).toHaveLength(3);
  expect((await bare('prune', '--all', '--yes', '--data', data)).stdout).toBe(`Removed ${data}.\n`);
  expect(existsSync(data)).toBe(false);
  expect(readdirSync(home)).toEqual([]);
});

test('a data folder at the end of a long path works, one whose path is longer than can be is refused', async () => {
  const top = join(scratch.folder, '..', 'x'.repeat(200));
  const data = join(top, 'y'.repeat(439 - top.length));
  const name = scratch.notebook('n.ipynb', [
    ['x = 1', 'step:a'],
    ['print(x)', 'step:b']
  ]);
  expect(await scratch.run(['run', name, '--data', data])).toMatchObject({ code: 0, stderr: '' });
  expect((await scratch.run(['logs', 'last', 'b', '--data', data])).stdout).toBe('1\n');
  expect(await scratch.run(['run', name, '--data', `${data}z`])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('its path has 441 bytes, and 440 is the most')
  });
});
