import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { cached, cacheFolder, keep } from './cache.mjs';

let folder;
const before = process.env.XDG_CACHE_HOME;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-cache-'));
  process.env.XDG_CACHE_HOME = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(folder, { recursive: true, force: true });
});

const put = text => made => writeFileSync(join(made, 'file'), text);

test('what was kept is found again', async () => {
  const entry = await keep('things', 'key', put('one'));
  assert.equal(cached('things', 'key'), entry);
  assert.equal(readFileSync(join(entry, 'file'), 'utf8'), 'one');
  assert.equal(cached('things', 'other'), null);
});

test('what could not be made leaves nothing behind', async () => {
  const broken = async made => {
    put('half')(made);
    throw new Error('no network');
  };
  await assert.rejects(keep('things', 'key', broken), /no network/);
  assert.deepEqual(readdirSync(join(cacheFolder(), 'things')), []);
});

test('when two make the same entry, the first one stays', async () => {
  const slow = async made => {
    put('slow')(made);
    await keep('things', 'key', async () => {}).catch(() => {});
    const winner = join(cacheFolder(), 'things', 'key');
    if (!existsSync(winner)) throw new Error('the other one did not finish');
  };
  const entry = await keep('things', 'key', slow);
  assert.deepEqual(readdirSync(join(cacheFolder(), 'things')), ['key']);
  assert.ok(entry);
});

test('a cache folder that cannot be written is no error', async () => {
  writeFileSync(join(folder, 'cellway'), 'a file where the folder should be');
  assert.equal(await keep('things', 'key', put('one')), null);
  assert.equal(cached('things', 'key'), null);
});

test('a relative XDG_CACHE_HOME is ignored', () => {
  process.env.XDG_CACHE_HOME = 'somewhere';
  assert.ok(cacheFolder().startsWith('/'));
});
