import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataFolder, storageRefusal } from './data-folder';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder is made with those above it, or taken as it is', () => {
  const deep = join(folder, 'a', 'b');
  expect(makeDataFolder(deep)).toBeNull();
  expect(existsSync(deep)).toBe(true);
  expect(makeDataFolder(deep)).toBeNull();
});

test('a file is no data folder, nor is what lies under it', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const path of [file, join(file, 'deep')]) {
    expect(makeDataFolder(path)).toMatchObject({
      reason: { code: 'data-folder', message: expect.stringContaining('is a file') }
    });
  }
});

(process.platform === 'linux' ? test : test.skip)('where no folder can be made, that is said at once', () => {
  expect(makeDataFolder('/proc/nowhere/deep')).toMatchObject({ reason: { code: 'data-folder' } });
});

test.each([
  [{ code: 'ENOSPC' }, /the disk is full/],
  [{ code: 'EROFS' }, /read-only/],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, /the disk is full/],
  [{ code: 'ERR_SQLITE_ERROR', errcode: 1032 }, /read-only/]
])('a write that failed with %j is explained', (error, why) => {
  expect(storageRefusal('/data', error)).toMatchObject({ reason: { message: expect.stringMatching(why) } });
});

test('other errors are bugs and stay errors', () => {
  expect(storageRefusal('/data', new TypeError('x'))).toBeNull();
  expect(storageRefusal('/data', { code: 'ERR_INVALID_ARG_TYPE' })).toBeNull();
  expect(storageRefusal('/data', { code: 'ENOENT', syscall: 'spawn python', path: 'python' })).toBeNull();
  expect(storageRefusal('/data', { code: 'ENOENT', syscall: 'open', path: '/else/where' })).toBeNull();
});
