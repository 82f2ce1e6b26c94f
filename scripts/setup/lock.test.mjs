import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { withLock } from './lock.mjs';

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('two holders never overlap', async () => {
  const lock = join(folder, 'lock');
  let inside = 0;
  const work = async () => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise(resolve => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([withLock(lock, work), withLock(lock, work), withLock(lock, work)]);
  assert.equal(existsSync(lock), false);
});

test('a dead process leaves a lock that the next one takes over', async () => {
  const lock = join(folder, 'lock');
  const { pid } = spawnSync(process.execPath, ['-e', '0']);
  writeFileSync(lock, JSON.stringify({ pid, started: '1' }));
  assert.equal(await withLock(lock, async () => 'mine'), 'mine');
});

test('a pid that was given to another process does not hold the lock', {
  skip: process.platform !== 'linux'
}, async () => {
  const lock = join(folder, 'lock');
  writeFileSync(lock, JSON.stringify({ pid: process.pid, started: '1' }));
  assert.equal(await withLock(lock, async () => 'mine'), 'mine');
});

test('a living owner is waited for and named', async () => {
  const lock = join(folder, 'lock');
  const code = `import { withLock } from ${JSON.stringify(new URL('lock.mjs', import.meta.url).href)};
    await withLock(${JSON.stringify(lock)}, () => new Promise(resolve => process.stdin.once('data', resolve)));
    process.exit(0);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'ignore', 'inherit'] });
  while (!existsSync(lock)) await new Promise(resolve => setTimeout(resolve, 10));
  let waitedFor;
  await withLock(
    lock,
    async () => {},
    pid => {
      waitedFor = pid;
      owner.stdin.write('go\n');
    }
  );
  assert.equal(waitedFor, owner.pid);
});
