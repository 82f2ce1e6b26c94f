import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { linkTree } from './trees.mjs';

test('files are linked, named ones copied with their times, symbolic links kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-trees-'));
  try {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    mkdirSync(join(from, 'deep'), { recursive: true });
    writeFileSync(join(from, 'deep', 'shared'), 'a');
    writeFileSync(join(from, 'own'), 'b', { mode: 0o755 });
    symlinkSync('../elsewhere', join(from, 'link'));
    linkTree(from, to, path => path === 'own');
    assert.equal(statSync(join(to, 'deep', 'shared')).ino, statSync(join(from, 'deep', 'shared')).ino);
    assert.notEqual(statSync(join(to, 'own')).ino, statSync(join(from, 'own')).ino);
    assert.equal(
      Math.trunc(statSync(join(to, 'own')).mtimeMs / 1000),
      Math.trunc(statSync(join(from, 'own')).mtimeMs / 1000)
    );
    assert.equal(statSync(join(to, 'own')).mode & 0o777, 0o755);
    assert.ok(lstatSync(join(to, 'link')).isSymbolicLink());
    assert.equal(readlinkSync(join(to, 'link')), '../elsewhere');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
