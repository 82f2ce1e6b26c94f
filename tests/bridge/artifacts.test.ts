import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TestBridge } from './bridge';

let bridge: TestBridge;
let run: string;
// biome-ignore lint/suspicious/noExplicitAny: tests look into it.
let items: any[];
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
  run = await bridge.runNotebook([
    ['x = [1, 2]\nopen("out.csv", "w").write("a,b\\n1,2\\n")', 'step:a'],
    ['n = len(x)\nt = open("out.csv").read()', 'step:b'],
    ['n, t', 'step:c']
  ]);
  expect((await bridge.ended(run)).state).toBe('succeeded');
  items = (await bridge.call('GET', `/runs/${run}/artifacts`)).body.items;
});
afterAll(async () => {
  await bridge.stop();
  bridge.close();
});

const idOf = (name: string): string => items.find(item => item.names.includes(name)).id;
const content = (id: string, query = '', headers: Record<string, string> = {}) =>
  bridge.fetch(`/api/v1/artifacts/${id}/content${query}`, { headers });

test('a run lists what its steps left, page by page', async () => {
  expect(items.map(item => [item.kind, item.names, item.step])).toEqual([
    ['value', ['x'], 'a'],
    ['file', ['out.csv'], 'a'],
    ['value', ['n'], 'b'],
    ['value', ['t'], 'b']
  ]);
  const first = await bridge.call('GET', `/runs/${run}/artifacts?limit=3`);
  const second = await bridge.call('GET', `/runs/${run}/artifacts?limit=3&cursor=${first.body.next}`);
  expect([...first.body.items, ...second.body.items]).toEqual(items);
  const files = await bridge.call('GET', `/runs/${run}/artifacts?kind=file&step=a`);
  expect(files.body.items.map((item: { bytes: number }) => item.bytes)).toEqual([8]);
});

test('a file comes as it is, as an attachment, whole or in part', async () => {
  const answer = await content(idOf('out.csv'));
  expect(await answer.text()).toBe('a,b\n1,2\n');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/csv',
    'content-disposition': `attachment; filename="out.csv"; filename*=UTF-8''out.csv`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining('sandbox')
  });
  const part = await content(idOf('out.csv'), '', { range: 'bytes=4-', 'if-range': answer.headers.get('etag')! });
  expect([part.status, await part.text()]).toEqual([206, '1,2\n']);
  const other = await content(idOf('out.csv'), '', { range: 'bytes=4-', 'if-range': '"other"' });
  expect(other.status).toBe(200);
});

test('a value tells what its step saw, and comes by member or as one tar', async () => {
  const { body } = await bridge.call('GET', `/artifacts/${idOf('x')}`);
  expect(body).toMatchObject({ codec: 'pickle5', values: { x: { type: 'list', preview: { length: 2 } } } });
  const names = body.members.map((member: { name: string }) => member.name);
  expect(names).toEqual(['data.pkl', 'meta.json']);
  expect(await (await content(idOf('x'), '?member=meta.json')).json()).toMatchObject({ codec: 'pickle5' });
  const tar = Buffer.from(await (await content(idOf('x'))).arrayBuffer());
  expect(execFileSync('tar', ['-t'], { input: tar, encoding: 'utf8' })).toBe('data.pkl\nmeta.json\n');
  for (const member of ['../step.json', 'nope', '/etc/passwd'])
    expect((await content(idOf('x'), `?member=${encodeURIComponent(member)}`)).status).toBe(404);
});

test('it tells who made an artifact, from what, and who took it, over runs that took it from the cache', async () => {
  const before = (await bridge.call('GET', `/artifacts/${idOf('n')}/lineage`)).body;
  expect(before.from.sort()).toEqual([idOf('out.csv'), idOf('x')].sort());
  const again = await bridge.call('POST', `/runs/${run}/resume`, { step: 'c' });
  await bridge.ended(again.body.id);
  const { body } = await bridge.call('GET', `/artifacts/${idOf('n')}/lineage`);
  expect(body.made).toEqual({ run, step: 'b', attempt: 1 });
  expect(body.used).toMatchObject([
    { run: again.body.id, step: 'c', names: ['n'] },
    { run, step: 'c', names: ['n'] }
  ]);
  const file = (await bridge.call('GET', `/artifacts/${idOf('out.csv')}/lineage`)).body;
  expect(file.used).toContainEqual({ run, step: 'b', attempt: 1, names: ['out.csv'] });
});

test('an id of another owner, a row that leads outside, and a link that leads outside are not there', async () => {
  const db = new DatabaseSync(join(bridge.data, 'cellway.db'));
  const folder = bridge.runs()[0]!;
  const add = (principal: string, path: string) =>
    db
      .prepare(
        "INSERT INTO artifacts (run, step, attempt, path, principal, profile, names, bytes, kind) VALUES (?, 'a', 1, ?, ?, 'default', '[\"evil\"]', 1, 'file')"
      )
      .run(run, path, principal);
  add('local', '/etc/passwd');
  add('local', join(folder, 'steps/a/attempt-1/files/../../../../run.json'));
  add('other', join(folder, 'steps/a/attempt-1/outputs/9'));
  db.close();
  const listed = (await bridge.call('GET', `/runs/${run}/artifacts`)).body.items;
  expect(listed.map((item: { id: string }) => item.id)).not.toContain(undefined);
  expect(
    listed.filter((item: { names: string[]; id: string }) => item.names[0] === 'evil' && !item.id.endsWith('.9'))
  ).toEqual([]);
  expect((await bridge.call('GET', `/artifacts/${run}.a.1.9`)).status).toBe(404);
  const out = join(folder, 'steps/a/attempt-1/files/out.csv');
  writeFileSync(join(bridge.folder, 'secret'), 'secret');
  rmSync(out);
  symlinkSync(join(bridge.folder, 'secret'), out);
  expect((await content(idOf('out.csv'))).status).toBe(404);
  rmSync(out);
  expect(await (await content(idOf('out.csv'))).json()).toMatchObject({ code: 'artifact-gone' });
});
