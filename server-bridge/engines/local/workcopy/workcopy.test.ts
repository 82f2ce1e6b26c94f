import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreOf } from './ignore';
import { survey } from './survey';
import { WorkingCopy } from '.';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, content: string | Buffer = 'x'): void {
  mkdirSync(dirname(join(folder, 'nb', path)), { recursive: true });
  writeFileSync(join(folder, 'nb', path), content);
}

test('small files are copied, large ones linked, links inside kept, what no notebook reads left out', async () => {
  file('data/a.csv', 'a');
  file('big.bin', Buffer.alloc(2 ** 20 + 1));
  for (const path of [
    '.git/x',
    'node_modules/x',
    '__pycache__/x',
    '.ipynb_checkpoints/x',
    'env/pyvenv.cfg',
    'env/bin/python',
    'tmp/skipped'
  ])
    file(path);
  file('.cellwayignore', 'tmp/\n');
  symlinkSync('data', join(folder, 'nb', 'inside'));
  symlinkSync('/etc', join(folder, 'nb', 'outside'));
  const to = join(folder, 'work');
  expect(await new WorkingCopy(to, join(folder, 'nb'), []).ensure()).toBeNull();
  expect(readFileSync(join(to, 'inside', 'a.csv'), 'utf8')).toBe('a');
  expect(lstatSync(join(to, 'big.bin')).nlink).toBe(2);
  expect(lstatSync(join(to, 'data/a.csv')).nlink).toBe(1);
  for (const path of ['.git', 'node_modules', '__pycache__', '.ipynb_checkpoints', 'env', 'tmp', 'outside'])
    expect(existsSync(join(to, path))).toBe(false);
});

test('too many files are refused with the way to leave some out', () => {
  for (let at = 0; at < 4; at++) file(`f${at}`);
  expect(survey(join(folder, 'nb'), [], { files: 3, bytes: 1e9 })).toMatchObject({
    kind: 'refused',
    reason: { code: 'folder-too-large', fix: expect.stringContaining('.cellwayignore') }
  });
});

test.each<[string, string, boolean, boolean]>([
  ['*.csv', 'a/b.csv', false, true],
  ['*.csv', 'b.csvx', false, false],
  ['/data', 'data', true, true],
  ['/data', 'a/data', true, false],
  ['out/', 'out', false, false],
  ['out/', 'a/out', true, true],
  ['a/**/z', 'a/b/c/z', false, true],
  ['# data', 'data', true, false]
])('pattern %s against %s', (pattern, path, isFolder, expected) => {
  expect(ignoreOf(pattern)(path, isFolder)).toBe(expected);
});
