import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Operation, openapi, operations } from '.';

const table = Object.entries(operations as Readonly<Record<string, Operation>>);

test('docs/api.md tells of every operation', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'api.md'), 'utf8');
  const missing = table.map(([, { method, path }]) => `\`${method} ${path}\``).filter(text => !page.includes(text));
  expect(missing).toEqual([]);
});

test('the OpenAPI page has every operation, with what it can answer besides', () => {
  const { paths } = openapi('1') as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> };
  for (const [, { method, path, answers, problems = [], conditional, body }] of table) {
    const { responses } = paths[`/api/v1${path}`]![method.toLowerCase()]!;
    const wanted = [...Object.keys(answers), ...problems, ...(conditional ? [304] : []), ...(body ? [413, 415] : [])];
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(wanted.map(String)));
  }
});
