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

const rows = (first: string) =>
  [
    ['n = 1', 'parameters'],
    [first, 'step:a'],
    ['print(x + n)', 'step:b'],
    ['print("alone")', 'step:c']
  ] as const;

const plan = (more: Readonly<Record<string, unknown>> = {}) =>
  bridge.call('POST', '/plan', { notebook: { path: join(bridge.folder, 'work.ipynb') }, ...more });

test('a plan tells where each result will come from, why, and how long it took; no run is made', async () => {
  const run = await bridge.ended(await bridge.runNotebook(rows('x = 1')));
  const same = await plan();
  expect(same.status).toBe(200);
  const own = (steps: readonly { kind: string }[]) => steps.filter(step => step.kind === 'step');
  expect(own(same.body.steps)).toMatchObject(
    ['a', 'b', 'c'].map(name => ({ name, state: 'succeeded', from: 'cache', cache: { hit: true }, waits: [] }))
  );
  expect(own(same.body.steps)[0]).toMatchObject({
    last: {
      run: run.id,
      created: run.created,
      took: run.steps.find((step: { name: string }) => step.name === 'a').took
    }
  });

  bridge.notebook('work.ipynb', rows('x = 2'));
  const changed = await plan({ parameters: { n: 2 } });
  expect(own(changed.body.steps)).toMatchObject([
    { name: 'a', state: 'pending', from: 'run', cache: { hit: false, why: ['cell 2 line 1 changed'] } },
    { name: 'b', state: 'waiting', from: 'run', waits: ['a'], cache: { why: ['parameter n 1 → 2'] } },
    { name: 'c', state: 'succeeded', from: 'cache' }
  ]);
  const open = await plan();
  expect(own(open.body.steps)[1]).toMatchObject({
    ...{ name: 'b', state: 'waiting', from: null, waits: ['a'], cache: null },
    because: 'depends on: a runs first'
  });
  const { body } = await bridge.call('GET', '/runs');
  expect(body.items).toHaveLength(1);
});

test('what making a run would be refused for is a problem with the same code', async () => {
  bridge.notebook('work.ipynb', rows('x = 3'));
  const only = await plan({ options: { only: 'b' } });
  expect(only).toMatchObject({
    status: 409,
    body: { code: 'upstream-missing', missing: [{ step: 'a', names: ['x'] }] }
  });
  const path = join(bridge.folder, 'work.ipynb');
  const made = await bridge.call('POST', '/runs', { notebook: { path }, options: { only: 'b' } });
  expect(made.body).toEqual(only.body);
  expect(await plan({ options: { from: 'nowhere' } })).toMatchObject({ status: 422, body: { code: 'step-unknown' } });
  expect(await plan({ parameters: { n: 'one' } })).toMatchObject({ status: 422 });
  expect(await plan({ notebook: { path: '/nowhere.ipynb' } })).toMatchObject({ status: 422 });
});
