import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogFile } from './log-file';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-log-'));
  path = join(folder, 'bridge.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const names = () => readdirSync(folder).sort();
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

test('full files are numbered from the newest on, and only so many are kept', () => {
  const log = new LogFile(path, 10, 2);
  for (const word of ['one', 'two', 'three', 'four', 'five', 'six', 'seven']) log.write(`${word}\n`);
  log.close();
  expect(names()).toEqual(['bridge.log', 'bridge.log.1', 'bridge.log.2']);
  expect(text('bridge.log')).toBe('six\nseven\n');
  expect(text('bridge.log.1')).toBe('four\nfive\n');
  expect(text('bridge.log.2')).toBe('three\n');
});

test('a line longer than the size has a file of its own, whole', () => {
  const log = new LogFile(path, 10, 1);
  log.write(`${'x'.repeat(50)}\n`);
  log.write('after\n');
  log.close();
  expect(text('bridge.log.1')).toBe(`${'x'.repeat(50)}\n`);
  expect(text('bridge.log')).toBe('after\n');
});

test('what an earlier process left counts, and with none kept the file begins anew', () => {
  writeFileSync(path, 'nine byte');
  const log = new LogFile(path, 10, 0);
  log.write('two\n');
  log.close();
  expect(names()).toEqual(['bridge.log']);
  expect(text('bridge.log')).toBe('two\n');
});

test('only its owner reads it', () => {
  new LogFile(path, 10, 0).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('lines that cannot be written are counted, and told later', () => {
  const log = new LogFile(path, 10, 1);
  log.write('12345678\n');
  mkdirSync(join(folder, 'bridge.log.1', 'in the way'), { recursive: true });
  log.write('lost\n');
  rmSync(join(folder, 'bridge.log.1'), { recursive: true });
  log.write('later\n');
  log.close();
  expect(text('bridge.log')).toContain('1 lines could not be written');
  expect(text('bridge.log')).toContain('later\n');
});
