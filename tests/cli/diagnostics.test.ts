import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/**
 * Codes as they are written where a diagnostic, a reason or an error is made: `code: 'a'`, `code: x ? 'a' : 'b'`,
 * `refuse('a', …)`.
 */
function codesIn(folder: string): readonly string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter(path => /\.(ts|py)$/.test(path) && !/\.test\.ts$|testing\//.test(path))
    .flatMap(path => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      const found = text.matchAll(/\bcode"?: (?:[^,;{}'"]*\? )?['"]([a-z]+(?:-[a-z]+)*)['"](?: : '([a-z-]+)')?/g);
      const refused = text.matchAll(/\brefuse\(\s*'([a-z]+(?:-[a-z]+)*)'/g);
      return [
        ...[...found].flatMap(([, one, other]) => (other === undefined ? [one!] : [one!, other])),
        ...[...refused].map(match => match[1]!)
      ];
    });
}

test('the guide explains every code, and no other', () => {
  const folders = ['core/notebook', 'core/pipeline', 'core/dataflow', 'server-bridge', 'cellway/runtime'];
  const used = new Set(folders.flatMap(codesIn));
  const rows = readFileSync(join(root, 'docs', 'guide', 'diagnostics.md'), 'utf8').match(/^\| `.*$/gm)!;
  const told = new Set(rows.flatMap(row => [...row.split('|')[1]!.matchAll(/`([a-z-]+)`/g)].map(match => match[1]!)));
  expect([...told].sort()).toEqual([...used].sort());
});
