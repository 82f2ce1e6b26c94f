import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesOf } from './size';

test('files count with all folders in it, one with several names once, a folder that is gone nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-size-'));
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  writeFileSync(join(folder, 'one'), Buffer.alloc(100));
  writeFileSync(join(folder, 'a', 'b', 'two'), Buffer.alloc(20));
  linkSync(join(folder, 'one'), join(folder, 'a', 'again'));
  expect(await bytesOf(folder)).toBe(120);
  rmSync(folder, { recursive: true });
  expect(await bytesOf(folder)).toBe(0);
});
