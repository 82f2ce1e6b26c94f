import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeData } from './remove-data';

let top: string;
let data: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'cellway-remove-'));
  data = join(top, 'data');
  mkdirSync(join(data, 'runs', 'r-1'), { recursive: true });
  for (const name of ['cellway.db', 'cellway.db-wal', 'cellway.db.old-1', 'bridge.log', 'bridge.log.1', 'bridge.lock'])
    writeFileSync(join(data, name), '');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

test('a data folder goes with all that is in it', () => {
  expect(removeData(data)).toEqual([]);
  expect(readdirSync(top)).toEqual([]);
});

test('what is not of Cellway stays, and is told', () => {
  mkdirSync(join(data, 'thesis'));
  expect(removeData(data)).toEqual(['thesis']);
  expect(readdirSync(data)).toEqual(['thesis']);
});

test('behind a link the folder itself is emptied, and the link goes with it', () => {
  const link = join(top, 'link');
  symlinkSync(data, link);
  expect(removeData(link)).toEqual([]);
  expect(readdirSync(top)).toEqual([]);
  expect(existsSync(data)).toBe(false);
});
