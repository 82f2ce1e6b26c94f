import { existsSync } from 'node:fs';
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

const rows = [
  ['x = 1\nprint("made", x)', 'step:a'],
  ['print(x + 1)', 'step:b']
] as const;

test('what another run shows of a removed one stays; then the cache has it, until it is collected', async () => {
  const first = await bridge.runNotebook(rows);
  await bridge.ended(first);
  const second = await bridge.runNotebook(rows);
  const run = await bridge.ended(second);
  expect(run.steps[0]).toMatchObject({ name: 'a', from: 'cache' });

  expect((await bridge.call('DELETE', `/runs/${first}`)).status).toBe(204);
  expect((await bridge.call('GET', `/runs/${first}`)).status).toBe(404);
  const collect = () => bridge.call('POST', '/cache/collect', { budget: 0, grace: 0 });
  expect((await collect()).body).toMatchObject({ removed: { entries: 0 } });
  const log = await bridge.fetch(`/api/v1/runs/${second}/steps/a/log`);
  expect(await log.text()).toBe('made 1\n');
  const { body } = await bridge.call('GET', `/runs/${second}/artifacts`);
  const content = await bridge.fetch(`/api/v1/artifacts/${body.items[0].id}/content`);
  expect(content.status).toBe(200);
  await content.arrayBuffer();

  const folder = join(bridge.data, 'runs', first);
  expect((await bridge.call('DELETE', `/runs/${second}`)).status).toBe(204);
  expect(existsSync(join(bridge.data, 'runs', second))).toBe(false);
  const third = await bridge.ended(await bridge.runNotebook(rows));
  expect(third.steps[0]).toMatchObject({ name: 'a', from: 'cache' });

  expect((await bridge.call('DELETE', `/runs/${third.id}`)).status).toBe(204);
  expect(existsSync(folder)).toBe(true);
  const collected = await collect();
  expect(collected.body).toMatchObject({ removed: { entries: 2 }, kept: { entries: 0 } });
  expect(existsSync(folder)).toBe(false);
});
