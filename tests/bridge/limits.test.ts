import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Operation, operations } from '@cellway/core/api/http';
import { TestBridge } from './bridge';

let bridge: TestBridge;
let run: string;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
  run = await bridge.runNotebook([['x = 1', 'step:a']]);
  await bridge.ended(run);
});
afterAll(async () => {
  await bridge.stop();
  bridge.close();
});

async function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  const answer = await bridge.fetch(`/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return { status: answer.status, type: answer.headers.get('content-type'), code: text && JSON.parse(text).code };
}

const json = { 'content-type': 'application/json' };
const notebook = (content: string) => `{"notebook":{"path":"/n.ipynb","content":${content}}}`;
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

test.each([
  ['PUT', '/runs', {}, undefined, 405, 'method'],
  ['HEAD', '/events', {}, undefined, 405, ''],
  ['GET', '/nothing', {}, undefined, 404, 'path-unknown'],
  ['GET', '/runs', { accept: 'application/xml' }, undefined, 406, 'not-acceptable'],
  ['GET', '/runs?nope=1', {}, undefined, 400, 'request-invalid'],
  ['GET', '/runs?limit=0', {}, undefined, 400, 'request-invalid'],
  ['GET', '/runs?limit=1e9', {}, undefined, 400, 'request-invalid'],
  ['GET', '/runs?cursor=AAAA', {}, undefined, 400, 'cursor'],
  ['GET', '/runs?sort=nope', {}, undefined, 400, 'sort'],
  ['GET', '/runs?profile=other', {}, undefined, 403, 'profile-forbidden'],
  ['GET', '/runs/..%2F..%2Fetc', {}, undefined, 400, 'request-invalid'],
  ['GET', '/events?after=nope', {}, undefined, 400, 'position'],
  ['GET', '/artifacts/r-1.a.1.1/content', {}, undefined, 404, 'artifact-unknown'],
  ['GET', '/artifacts/r-1.a.1.f-..%2F../content', {}, undefined, 400, 'request-invalid'],
  ['POST', '/runs', { 'content-type': 'text/plain' }, 'x', 415, 'media-type'],
  ['POST', '/runs', json, '{', 400, 'request-malformed'],
  ['POST', '/runs', json, '', 400, 'request-invalid'],
  ['POST', '/runs', json, '[]', 400, 'request-invalid'],
  ['POST', '/runs', json, 'null', 400, 'request-invalid'],
  ['POST', '/runs', json, '{"__proto__":{"notebook":1}}', 400, 'body-proto'],
  ['POST', '/runs', json, notebook(`{"cells":${deep(100_000)}}`), 400, 'body-too-deep'],
  ['POST', '/runs', json, notebook(`{"nbformat":4,"cells":[],"metadata":{"x":${deep(900)}}}`), 422, 'pipeline-errors'],
  ['POST', '/compile', json, '{"notebook":[]}', 422, 'notebook-format']
])('%s %s %j is refused (%#)', async (method, path, headers, body, status, code) => {
  const answer = await send(method, path, headers as Record<string, string>, body);
  expect([answer.status, answer.code]).toEqual([status, code]);
  if (method !== 'HEAD') expect(answer.type).toContain('application/problem+json');
});

test('a body larger than the operation takes is refused: 413', async () => {
  const body = JSON.stringify({ name: 'x'.repeat(1_100_000) });
  expect(await send('PATCH', `/runs/${run}`, json, body)).toMatchObject({ status: 413, code: 'body-too-large' });
});

test('who decided on an older state is told so: 412; who has the state gets it not again: 304', async () => {
  const etag = (await bridge.fetch(`/api/v1/runs/${run}`)).headers.get('etag')!;
  expect((await bridge.fetch(`/api/v1/runs/${run}`, { headers: { 'if-none-match': `"x", ${etag}` } })).status).toBe(
    304
  );
  expect((await bridge.call('PATCH', `/runs/${run}`, { name: 'new' }, { 'if-match': etag })).status).toBe(200);
  expect((await bridge.call('PATCH', `/runs/${run}`, { name: 'newer' }, { 'if-match': etag })).status).toBe(412);
});

test('HEAD tells what GET would, without a body', async () => {
  const [get, head] = [
    await bridge.fetch(`/api/v1/runs/${run}`),
    await bridge.fetch(`/api/v1/runs/${run}`, { method: 'HEAD' })
  ];
  expect(head.headers.get('etag')).toBe(get.headers.get('etag'));
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test("another owner's run is as unknown as none, whatever is asked of it", async () => {
  const db = new DatabaseSync(join(bridge.data, 'cellway.db'));
  const theirs = 'r-theirs';
  db.prepare(
    "INSERT INTO runs (id, principal, profile, notebook, name, folder, created, state, experiment) VALUES (?, 'other', 'default', '/n', 'n', ?, 1, 'succeeded', 'secret')"
  ).run(theirs, join(bridge.data, 'runs', run));
  db.prepare(
    "INSERT INTO scalars (run, name, principal, profile, step, value, json) VALUES (?, 'hidden', 'other', 'default', 'a', 1, '1')"
  ).run(theirs);
  db.close();
  for (const [name, operation] of Object.entries(operations as Readonly<Record<string, Operation>>)) {
    if (!operation.path.includes('{run}')) continue;
    const path = operation.path.replace('{run}', theirs).replace(/\{\w+\}/g, 'a');
    const body = operation.body === undefined ? undefined : {};
    expect([name, (await bridge.call(operation.method, path, body)).status]).toEqual([name, 404]);
  }
  const ids = (await bridge.call('GET', '/runs')).body.items.map((one: { id: string }) => one.id);
  expect(ids).toEqual([run]);
  expect((await bridge.call('GET', '/experiments/secret')).status).toBe(404);
  expect((await bridge.call('GET', '/metrics')).body.items).toEqual([]);
});

async function raw(text: string): Promise<Socket> {
  const { address } = bridge.place;
  if (address.kind !== 'tcp') throw new Error('not on a port');
  const socket = connect(address.port, address.host);
  // It may be reset while it still sends.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

test('a header of 1 MB, and what is no HTTP, end their connection with a problem', async () => {
  for (const [text, status] of [
    [`GET /api/v1/runs HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(1_000_000)}\r\n\r\n`, 431],
    ['\0\0\0 what?\r\n\r\n', 400]
  ] as const) {
    const socket = await raw(text);
    let said = '';
    socket.on('data', part => (said += String(part)));
    await once(socket, 'close');
    expect(said).toContain(`HTTP/1.1 ${status}`);
  }
});

test('clients that send slowly keep no one waiting', async () => {
  const slow = await Promise.all(
    Array.from({ length: 500 }, () => raw('POST /api/v1/runs HTTP/1.1\r\nhost: x\r\nx-a: b'))
  );
  expect((await bridge.call('GET', '/runs')).status).toBe(200);
  for (const socket of slow) socket.destroy();
});

test('an operation without a body takes an empty one, whatever type it is said to have', async () => {
  const empty = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '' };
  const answer = await bridge.fetch('/api/v1/runs/r-none/cancel', empty);
  expect(answer.status).toBe(404);
  const needed = await bridge.fetch('/api/v1/compile', empty);
  expect(needed.status).toBe(400);
});
