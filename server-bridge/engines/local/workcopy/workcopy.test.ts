import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ignoreOf } from './ignore';
import { copyEntries } from './copy';
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

const copyOf = async (to = join(folder, 'work')) => {
  const copy = new WorkingCopy(to, join(folder, 'nb'), []);
  expect(await copy.ensure()).toBeNull();
  return copy;
};
const inode = (...path: string[]) => lstatSync(join(folder, ...path)).ino;

test('files are copied, links inside kept, what no notebook reads left out', async () => {
  file('data/a.csv', 'a');
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
  symlinkSync(join(folder, 'nb', 'data'), join(folder, 'nb', 'absolute'));
  const to = join(folder, 'work');
  await copyOf(to);
  expect(readFileSync(join(to, 'inside', 'a.csv'), 'utf8')).toBe('a');
  expect(readlinkSync(join(to, 'absolute'))).toBe('data');
  expect(inode('work', 'data/a.csv')).not.toBe(inode('nb', 'data/a.csv'));
  for (const path of ['.git', 'node_modules', '__pycache__', '.ipynb_checkpoints', 'env', 'tmp'])
    expect(existsSync(join(to, path))).toBe(false);
});

test('only what is past the budget is linked, where the file system shares no blocks', async () => {
  for (const name of ['a', 'b', 'c']) file(name, 'x'.repeat(10));
  file('large', 'x'.repeat(21));
  mkdirSync(join(folder, 'work'));
  const found = survey(join(folder, 'nb'), []);
  if (found.kind === 'refused') throw new Error(found.reason.message);
  await copyEntries(found.entries, join(folder, 'nb'), join(folder, 'work'), { file: 20, total: 20 });
  const shared = ['a', 'b', 'c', 'large'].filter(name => inode('work', name) === inode('nb', name));
  // On Btrfs or XFS none has to be linked.
  if (shared.length > 0) expect([shared.length, shared.includes('large')]).toEqual([2, true]);
  expect(readFileSync(join(folder, 'work', 'large'), 'utf8')).toBe('x'.repeat(21));
});

test('a link to a file elsewhere becomes that file, one to a folder stays, a dead or circular one is no trouble', async () => {
  file('../elsewhere/data.csv', 'far');
  file('x');
  symlinkSync(join(folder, 'elsewhere', 'data.csv'), join(folder, 'nb', 'file.csv'));
  symlinkSync('../elsewhere', join(folder, 'nb', 'folder'));
  symlinkSync('nowhere', join(folder, 'nb', 'dead'));
  symlinkSync('circle', join(folder, 'nb', 'circle'));
  await copyOf();
  const to = join(folder, 'work');
  expect(lstatSync(join(to, 'file.csv')).isFile()).toBe(true);
  expect(readFileSync(join(to, 'file.csv'), 'utf8')).toBe('far');
  expect(readlinkSync(join(to, 'folder'))).toBe(join(folder, 'elsewhere'));
});

test('names of any bytes are copied as they are; sockets and pipes are left out', async () => {
  const odd = [Buffer.from('new\nline'), Buffer.from([0x66, 0xff, 0xfe]), Buffer.from('数据 🐍')];
  mkdirSync(join(folder, 'nb'));
  for (const name of odd) writeFileSync(Buffer.concat([Buffer.from(join(folder, 'nb/')), name]), 'x');
  mkdirSync(Buffer.concat([Buffer.from(join(folder, 'nb/d')), Buffer.from([0xff])]));
  execFileSync('mkfifo', [join(folder, 'nb', 'pipe')]);
  const server = createServer().listen(join(folder, 'nb', 'socket'));
  await once(server, 'listening');
  await copyOf();
  server.close();
  const names = readdirSync(join(folder, 'work'), { encoding: 'latin1' }).sort();
  expect(names).toEqual([...odd.map(name => name.toString('latin1')), 'd\xff'].sort());
});

const asNobody = process.getuid?.() === 0 ? test : test.skip;
asNobody('what may not be read is left out and named', async () => {
  file('open.csv');
  file('secret.csv');
  file('closed/x');
  chmodSync(join(folder, 'nb', 'secret.csv'), 0o600);
  chmodSync(join(folder, 'nb', 'closed'), 0o700);
  chmodSync(folder, 0o777);
  process.seteuid!(65534);
  try {
    const copy = await copyOf();
    expect(copy.unreadable).toEqual(['closed/', 'secret.csv']);
  } finally {
    process.seteuid!(0);
  }
  expect(readdirSync(join(folder, 'work'))).toEqual(['open.csv']);
});

test('too many files are refused with the way to leave some out', () => {
  for (let at = 0; at < 4; at++) file(`f${at}`);
  expect(survey(join(folder, 'nb'), [], { files: 3, bytes: 1e9 })).toMatchObject({
    kind: 'refused',
    reason: { code: 'folder-too-large', fix: expect.stringContaining('.cellwayignore') }
  });
});

test('a notebook in / is told to move, whatever lies there', () => {
  expect(survey('/', [], { files: 500, bytes: 1e15 })).toMatchObject({
    kind: 'refused',
    reason: {
      code: 'folder-too-large',
      message: expect.stringMatching(/^\/ has more than 500 files; .* So far most are in /)
    }
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
