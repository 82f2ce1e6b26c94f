import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const file = (cells: readonly unknown[], more: object = {}) => JSON.stringify({ nbformat: 4, cells, ...more });
const cell = (source: unknown, metadata: unknown = {}, more: object = {}) => ({
  cell_type: 'code',
  source,
  metadata,
  ...more
});

test.each<[string, () => string | Uint8Array, RegExp]>([
  [
    'a cell of 100 MB',
    () => file([cell('x'.repeat(1e8))]),
    /cell-too-large Cell 1 is 100\.0 MB.*\[cells\[0\]\.source\]/
  ],
  ['truncated JSON', () => '{"nbformat": 4,\n "cells": [{"source": ["a', /:2:\d+ error notebook-json .*line 2/],
  ['binary', () => Uint8Array.from({ length: 500 }, (_, at) => (at * 131 + 128) % 256), /notebook-binary/],
  ['nothing', () => '', /notebook-empty/],
  ['JSON of another kind', () => '[1]', /notebook-format/],
  ['nesting', () => `{"nbformat": 4, "cells": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`, /deeper than 200 levels/],
  ['no code', () => file([]), /no-code/],
  ['all skipped', () => file([cell('x = 1', { tags: ['skip'] })]), /no-code/],
  ['a source of numbers', () => file([cell([1])]), /Cell 1: source is a list with other things.*cells\[0\]\.source/],
  ['another kind of cell', () => file([{ cell_type: 'cod' }]), /Cell 1: cell_type is 'cod'/],
  [
    'tags in conflict',
    () => file([cell('x = 1', { tags: ['step:a'] }), cell('y = 1', { tags: ['step:b', 'step:c', 'setup'] })]),
    /:2:1:1 error tags-conflict Cell 2: the tag 'step:b' and 'step:c', 'setup'/
  ],
  [
    'a cycle by prev:',
    () => file([cell('x = 1', { tags: ['step:a', 'prev:b'] }), cell('y = 1', { tags: ['step:b', 'prev:a'] })]),
    /:1:1:1 error cycle .*'a' → 'b' → 'a'/
  ],
  [
    'settings of the wrong type',
    () => file([cell('x = 1', { tags: ['step:a'], cellway: { memory: [], env: 3 } })]),
    /:1:1:1 error setting-type Cell 1: metadata\.cellway\.memory/
  ],
  ['a name that turns text round', () => file([cell('x = 1', { tags: ['step:\u202egnp'] })]), /step-name Cell 1/],
  ['half a character as a name', () => file([cell('x = 1', { tags: ['step:\ud83d'] })]), /step-name Cell 1/],
  ['an old notebook', () => JSON.stringify({ nbformat: 3, worksheets: [] }), /notebook-old.*nbconvert/],
  ['R', () => file([], { metadata: { language_info: { name: 'R' } } }), /notebook-language.*written in R/]
])('%s: exit 2, told where, nothing written, no stack', async (_, content, message) => {
  scratch.write('bad.ipynb', content());
  const { code, stdout, stderr } = await scratch.run(['run', 'bad.ipynb']);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(existsSync(scratch.data)).toBe(false);
  expect(readdirSync(scratch.folder)).toEqual(['bad.ipynb']);
});

test('what is no ordinary file is told at once', async () => {
  mkdirSync(join(scratch.folder, 'folder.ipynb'));
  symlinkSync('loop.ipynb', join(scratch.folder, 'loop.ipynb'));
  execFileSync('mkfifo', [join(scratch.folder, 'pipe.ipynb')]);
  const names = ['folder', 'loop', 'pipe', 'missing'].map(name => `${name}.ipynb`);
  const ends = await Promise.all(names.map(name => scratch.run(['graph', name])));
  expect(ends.map(end => end.code)).toEqual([2, 2, 2, 2]);
  expect(ends.map(end => end.stderr.split('\n')[0])).toEqual([
    'cellway: folder.ipynb is a folder.',
    'cellway: Cannot read loop.ipynb: its symbolic links lead in a circle.',
    'cellway: pipe.ipynb is no ordinary file.',
    'cellway: Cannot read missing.ipynb: there is no such file.'
  ]);
});

test('names like paths, in Chinese and emoji, and those of objects are names', async () => {
  const names = ['../../etc/passwd', '数据清洗', '🎉 party 🎉', '__proto__', 'constructor', 'a\u0301'];
  scratch.notebook(
    'names.ipynb',
    names.map((name, at) => [`x${at} = ${at}\nprint(${at})`, `step:${name}`])
  );
  const { code, stdout } = await scratch.run(['run', 'names.ipynb']);
  expect(code).toBe(0);
  for (const name of names) {
    expect(stdout).toContain(`✓ ${name.normalize('NFC')}`);
  }
  const folders = readdirSync(join(scratch.runs().at(-1)!, 'steps')).filter(name => name !== 'definitions.json');
  expect(folders).toHaveLength(names.length);
  expect(folders.filter(name => !/^[a-z][-a-z0-9]*$/.test(name))).toEqual([]);
});

test('metadata of wrong types is passed over with a remark; huge numbers are numbers', async () => {
  const odd = [
    cell('x = 1', { tags: 'step:a' }),
    cell(`y = ${'9'.repeat(4000)}`, [1], { id: 5, execution_count: 7e300 }),
    cell('z = "\ud83d"\nprint(ascii(z))', { tags: [1, 'step:b'] })
  ];
  scratch.write('odd.ipynb', file(odd, { metadata: [1] }));
  const check = await scratch.run(['check', 'odd.ipynb']);
  expect(check.code).toBe(0);
  expect(check.stdout.match(/metadata-type/g)).toHaveLength(4);
  // Python itself takes no half of a character in its source; Jupyter says the same.
  const { code, stdout } = await scratch.run(['run', 'odd.ipynb']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/b, cell 3.*UnicodeEncodeError.*surrogates not allowed/);
});

test('code nested without end and a chain of 5,000 steps are shown', async () => {
  const deep = [`x = ${'('.repeat(5e4)}`, `y = ${'-'.repeat(1e5)}1`, `z = ${'+1'.repeat(1e5)}`];
  scratch.notebook(
    'deep.ipynb',
    deep.map(source => [source])
  );
  const check = await scratch.run(['check', 'deep.ipynb']);
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(/:1:1:\d+ error syntax/);
  scratch.notebook(
    'long.ipynb',
    Array.from({ length: 5_000 }, (_, at) => [`x${at} = ${at === 0 ? 0 : `x${at - 1}`}`, `step:s${at}`])
  );
  const { code, stdout } = await scratch.run(['graph', 'long.ipynb']);
  expect(code).toBe(0);
  expect(stdout).toContain('s4999');
  expect(stdout.length).toBeLessThan(1e6);
});
