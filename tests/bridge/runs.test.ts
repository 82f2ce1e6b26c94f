import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestBridge } from './bridge';

let bridge: TestBridge;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
});
afterAll(async () => {
  await bridge.stop();
  await bridge.close();
});

const two = [
  ['x = 1', 'step:a'],
  ['y = x + 1\nauc = y / 4\nauc', 'step:b'],
  ['auc', 'metrics']
] as const;

test('a run is made from a notebook, runs, and is found by its metric', async () => {
  const id = await bridge.runNotebook(two, { name: 'first', experiment: 'try' });
  const run = await bridge.ended(id);
  expect(run).toMatchObject({ state: 'succeeded', name: 'first', experiment: 'try', metrics: { auc: 0.5 } });
  expect(run.steps.map((step: { name: string; state: string }) => [step.name, step.state])).toEqual([
    ['a', 'succeeded'],
    ['b', 'succeeded']
  ]);
  const ids = async (query: string) =>
    (await bridge.call('GET', `/runs?${query}`)).body.items.map((one: { id: string }) => one.id);
  expect(await ids('metric=auc%3E0.4&experiment=try&state=succeeded&sort=-metric:auc')).toEqual([id]);
  expect(await ids('metric=auc%3E0.6')).toEqual([]);
});

test('the same key makes one run; with another request it is refused', async () => {
  const name = bridge.notebook('keyed.ipynb', two);
  const body = { notebook: { path: `${bridge.folder}/${name}` } };
  const send = (more: object) => bridge.call('POST', '/runs', { ...body, ...more }, { 'idempotency-key': 'k1' });
  const [one, other] = await Promise.all([send({}), send({})]);
  expect([one.status, other.status]).toEqual([201, 201]);
  expect(one.body.id).toBe(other.body.id);
  const third = await send({ name: 'other' });
  expect(third).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
  await bridge.ended(one.body.id);
});

test('a failed run is resumed: what succeeded is taken from it', async () => {
  const failing = [
    ['x = 1', 'step:a'],
    ['import os\nassert os.environ["GO"] == "1"\ny = x', 'step:b']
  ] as const;
  const id = await bridge.runNotebook(failing, { environment: { ...process.env, GO: '0' } });
  expect(await bridge.ended(id)).toMatchObject({ state: 'failed' });
  const resumed = await bridge.call('POST', `/runs/${id}/resume`, {});
  expect(resumed).toMatchObject({ status: 201, body: { origin: { run: id, how: 'resume' } } });
  const run = await bridge.ended(resumed.body.id);
  expect(run.steps[0]).toMatchObject({ name: 'a', from: 'earlier-run' });
});

test('a number for a float parameter is one in Python too, and is found by it', async () => {
  const rows = [
    ['rate = 0.5', 'parameters'],
    ['print(type(rate).__name__)', 'step:a']
  ] as const;
  const id = await bridge.runNotebook(rows, { parameters: { rate: 2 } });
  expect((await bridge.ended(id)).parameters).toEqual({ rate: { $float: '2.0' } });
  expect((await bridge.call('GET', '/runs?parameter=rate%3D2')).body.items).toHaveLength(1);
  const cells = (await bridge.call('GET', `/runs/${id}/cells`)).body.items;
  expect(JSON.stringify(cells)).toContain('float');
});

test('a notebook with errors is no run: 422, with the diagnostics', async () => {
  const name = bridge.notebook('wrong.ipynb', [['x = 1', 'step:a', 'step:b', 'setup']]);
  const answer = await bridge.call('POST', '/runs', { notebook: { path: `${bridge.folder}/${name}` } });
  expect(answer).toMatchObject({ status: 422, body: { code: 'pipeline-errors' } });
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
});

test('a cell that does not parse runs and fails there, as in Jupyter', async () => {
  const id = await bridge.runNotebook([
    ['x = 1', 'step:a'],
    ['y = (', 'step:b']
  ]);
  const { state, steps } = await bridge.ended(id);
  expect({ state, steps }).toMatchObject({
    state: 'failed',
    steps: [{}, { error: { ename: 'SyntaxError', index: 2 } }]
  });
});

test('a run is found by the beginning of its id, or its last part', async () => {
  const id = await bridge.runNotebook(two);
  await bridge.ended(id);
  const found = async (text: string) =>
    (await bridge.call('GET', `/runs?id=${text}`)).body.items.map((one: { id: string }) => one.id);
  expect(await found(id)).toEqual([id]);
  expect(await found(id.slice(0, -2))).toEqual([id]);
  expect(await found(id.slice(2, -2))).toEqual([id]);
  expect(await found(id.split('-').at(-1)!)).toEqual([id]);
  expect(await found('r-0')).toContain(id);
  expect(await found('nothing')).toEqual([]);
});

test('without the token nothing is told; another method is 405 and says which are allowed', async () => {
  const answer = await fetch(bridge.url('/api/v1/runs'), { headers: { authorization: 'Bearer no' } });
  expect(answer.status).toBe(401);
  const wrong = await bridge.call('PUT', '/runs');
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toBe('POST, GET, HEAD');
});

test('a crash loses nothing: the run goes on, the next bridge has all of its events once', async () => {
  const id = await bridge.runNotebook([
    ['import time\nfor i in range(20):\n    time.sleep(0.1)\n    print(i, flush=True)', 'step:a'],
    ['z = 1', 'step:b']
  ]);
  await new Promise(resolve => setTimeout(resolve, 1200));
  await bridge.crash();
  await bridge.serve();
  expect(await bridge.ended(id)).toMatchObject({ state: 'succeeded' });
  const { body } = await bridge.call('GET', `/runs/${id}/events?limit=1000`);
  const numbers = body.items.map((event: { n: number }) => event.n);
  expect(numbers).toEqual(numbers.map((_: number, at: number) => at + 1));
});

test('a supervisor that crashes is replaced: the run goes on where it was, and no cell runs twice', async () => {
  // Outside the notebook's folder, of which a run has a copy.
  const trace = join(bridge.folder, '..', 'trace');
  const code = `import time\nopen(${JSON.stringify(trace)}, "a").write("a")\ntime.sleep(1.5)\nx = 1`;
  const id = await bridge.runNotebook([
    [code, 'step:a'],
    ['print(x + 1)', 'step:b']
  ]);
  const folder = join(bridge.data, 'runs', id);
  const until = async (there: () => boolean) => {
    while (!there()) await new Promise(resolve => setTimeout(resolve, 20));
  };
  await until(() => existsSync(trace));
  process.kill(JSON.parse(readFileSync(join(folder, 'supervisor.json'), 'utf8')).pid, 'SIGKILL');
  expect(await bridge.ended(id)).toMatchObject({ state: 'succeeded' });
  expect(readFileSync(trace, 'utf8')).toBe('a');
  const { body } = await bridge.call('GET', `/runs/${id}/events?limit=1000`);
  expect(body.items.map((event: { n: number }) => event.n)).toEqual(body.items.map((_: unknown, at: number) => at + 1));
  expect(body.items.filter((event: { adopted?: boolean }) => event.adopted)).toHaveLength(1);
});

test('a second bridge of the same folder says that one runs, and the first goes on', async () => {
  const second = await bridge.run(['serve', '--data', bridge.data]);
  expect(second.code).toBe(3);
  expect(second.stderr).toContain(`runs already (process ${bridge.pid})`);
  expect((await bridge.call('GET', '/runs')).status).toBe(200);
});
