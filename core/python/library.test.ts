import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseModule, scopes } from './index';
import { scopeTable, statementText, type Table } from './testing/canonical';

const python = process.env.CELLWAY_PYTHON ?? resolve('.venv/bin/python');

interface Judged {
  readonly path: string;
  readonly encoding: string;
  readonly statements: readonly string[];
  readonly scopes: Table;
  readonly named: { readonly [name: string]: string };
}

/** The first difference of two tables, as a path of scope names. */
function difference(ours: Table, theirs: Table, path = ''): string | null {
  const here = `${path}/${theirs[1]}`;
  if (ours[0] !== theirs[0] || ours[1] !== theirs[1]) return `${here}: we have ${ours[1]}`;
  const a = new Set(ours[2]);
  const b = new Set(theirs[2]);
  const wrong = [
    ...[...a].filter(s => !b.has(s)).map(s => `+${s}`),
    ...[...b].filter(s => !a.has(s)).map(s => `-${s}`)
  ];
  if (wrong.length > 0) return `${here}: ${wrong.slice(0, 6).join(' ')}`;
  if (ours[3].length !== theirs[3].length) {
    return `${here}: ${ours[3].map(c => c[1]).join(' ')} instead of ${theirs[3].map(c => c[1]).join(' ')}`;
  }
  for (let index = 0; index < ours[3].length; index++) {
    const inner = difference(ours[3][index]!, theirs[3][index]!, here);
    if (inner !== null) return inner;
  }
  return null;
}

function mismatch(file: Judged): string | null {
  const bytes = readFileSync(file.path);
  const text = file.encoding.startsWith('utf-8')
    ? bytes.toString('utf8')
    : new TextDecoder(file.encoding).decode(bytes);
  const module = parseModule(text, { namedCharacter: name => file.named[name] ?? null });
  const problem = module.problems[0];
  if (problem !== undefined) return `${file.path}: ${problem.message} at ${problem.start}`;
  const ours = module.body.map(node => createHash('md5').update(statementText(node)).digest('hex').slice(0, 8));
  const wrong = ours.findIndex((digest, index) => digest !== file.statements[index]);
  if (wrong >= 0 || ours.length !== file.statements.length) {
    const at = module.body[wrong]?.start ?? 0;
    return `${file.path}: tree differs at ${text.slice(at, at + 80)}`;
  }
  const scope = difference(scopeTable(scopes(module).root), file.scopes);
  return scope === null ? null : `${file.path}: ${scope}`;
}

test('every file of the standard library has the tree, the constants and the scopes that CPython gives it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-library-'));
  const output = join(folder, 'library.jsonl');
  execFileSync(python, [resolve('core/python/testing/library.py'), output]);
  const files = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Judged);
  rmSync(folder, { recursive: true });
  expect(files.length).toBeGreaterThan(500);
  expect(files.map(mismatch).filter(found => found !== null)).toEqual([]);
}, 240_000);
