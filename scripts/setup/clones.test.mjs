// Two clones of a small project and one cache folder: no registry is needed, since nothing but itself is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setUpPackages } from './packages.mjs';
import { Progress } from './progress.mjs';
import { setUpPython } from './python.mjs';

const quiet = part => new Progress({ write: () => {} }).begin(part);
const spareNpm = async () => assert.fail('npm is on the PATH');
const saved = { ...process.env };
let folder, first, second;

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'cellway-clones-')));
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  delete process.env.CELLWAY_SETUP_PYTHON;
  [first, second] = [join(folder, 'first'), join(folder, 'second')];
  for (const part of ['part', 'requirements', 'cellway']) mkdirSync(join(first, part), { recursive: true });
  writeFileSync(
    join(first, 'package.json'),
    JSON.stringify({ name: 'small', version: '1.0.0', private: true, workspaces: ['part'] })
  );
  writeFileSync(join(first, 'part', 'package.json'), JSON.stringify({ name: '@small/part', version: '1.0.0' }));
  for (const name of ['dev.txt', 'dev.in']) writeFileSync(join(first, 'requirements', name), '');
  writeFileSync(join(first, 'cellway', '__init__.py'), '');
  writeFileSync(join(first, 'cellway', 'command.py'), 'def main():\n    print(__file__)\n    return 3\n');
  const locked = spawnSync('npm', ['install', '--package-lock-only', '--offline', '--no-audit'], {
    cwd: first,
    encoding: 'utf8'
  });
  assert.equal(locked.status, 0, locked.stderr);
  cpSync(first, second, { recursive: true });
});

after(() => {
  for (const name of ['XDG_CACHE_HOME', 'CELLWAY_SETUP_PYTHON']) {
    if (saved[name] === undefined) delete process.env[name];
    else process.env[name] = saved[name];
  }
  rmSync(folder, { recursive: true, force: true });
});

test("workspaces' links of a second clone point into that clone", async () => {
  await setUpPackages(first, quiet, spareNpm);
  await setUpPackages(second, quiet, spareNpm);
  assert.equal(realpathSync(join(second, 'node_modules', '@small', 'part')), join(second, 'part'));
});

test('node_modules without its stamp or list is made again', async () => {
  const modules = join(second, 'node_modules');
  rmSync(join(modules, '.cellway-setup.json'));
  rmSync(join(modules, '.package-lock.json'));
  rmSync(join(modules, '@small'), { recursive: true });
  await setUpPackages(second, quiet, spareNpm);
  assert.ok(existsSync(join(modules, '@small', 'part', 'package.json')));
});

test("a second clone's environment, commands included, is its own", async () => {
  await setUpPython(first, quiet);
  await setUpPython(second, quiet);
  const run = spawnSync(join(second, '.venv', 'bin', 'cellway'), { encoding: 'utf8' });
  assert.equal(run.status, 3);
  assert.ok(realpathSync(run.stdout.trim()).startsWith(second));
  assert.ok(readFileSync(join(second, '.venv', 'bin', 'pip'), 'utf8').startsWith(`#!${second}/.venv/bin/python`));
  assert.ok(!readFileSync(join(second, '.venv', 'pyvenv.cfg'), 'utf8').includes('cache'));
});

test('an environment that was set up starts no process the next time', async () => {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    await setUpPython(second, () => assert.fail('nothing was missing'));
  } finally {
    process.env.PATH = path;
  }
});

test('a half-made environment is made again', async () => {
  const lib = join(second, '.venv', 'lib');
  renameSync(lib, join(second, 'lib-gone'));
  rmSync(join(second, '.venv', 'cellway-setup.json'));
  await setUpPython(second, quiet);
  assert.equal(spawnSync(join(second, '.venv', 'bin', 'pip'), ['--version']).status, 0);
});
