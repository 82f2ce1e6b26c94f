import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestBridge } from './bridge';

let bridge: TestBridge;
let first: string;
let second: string;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
  const rows = (value: string) =>
    [
      [`auc = ${value}\nloss = float("nan")`, 'step:a'],
      ['auc\nprint({"auc": auc, "loss": loss})\n{"auc": auc, "loss": loss}', 'metrics']
    ] as const;
  first = await bridge.runNotebook(rows('0.5'), { experiment: 'a/b ü' });
  await bridge.ended(first);
  second = await bridge.runNotebook(rows('0.75'), { experiment: 'other' });
  await bridge.ended(second);
});
afterAll(async () => {
  await bridge.stop();
  bridge.close();
});

test("a run's metrics and each one's series, also what JSON has no number for", async () => {
  const { body } = await bridge.call('GET', `/runs/${first}/metrics`);
  expect(body.items).toMatchObject([
    { name: 'auc', step: 'a', value: 0.5 },
    { name: 'loss', value: { $float: 'nan' } }
  ]);
  const series = (await bridge.call('GET', `/runs/${first}/metrics/loss`)).body;
  expect(series.items.at(-1)).toMatchObject({ value: { $float: 'nan' }, t: expect.any(Number) });
  expect((await bridge.call('GET', `/runs/${first}/metrics/nope`)).status).toBe(404);
});

test('names of metrics, of all runs or of an experiment, page by page', async () => {
  const all = (await bridge.call('GET', '/metrics')).body;
  expect(all.items).toEqual([
    { name: 'auc', runs: 2, min: 0.5, max: 0.75 },
    { name: 'loss', runs: 2, min: null, max: null }
  ]);
  const one = (await bridge.call('GET', '/metrics?experiment=other&limit=1')).body;
  expect(one.items).toMatchObject([{ name: 'auc', runs: 1, min: 0.75 }]);
  expect((await bridge.call('GET', `/metrics?experiment=other&cursor=${one.next}`)).body.items).toMatchObject([
    { name: 'loss' }
  ]);
});

test('an experiment is renamed with its runs, and taken away from them', async () => {
  const { body } = await bridge.call('GET', '/experiments');
  expect(body.items).toMatchObject([
    { name: 'a/b ü', runs: 1, states: { succeeded: 1 } },
    { name: 'other', runs: 1 }
  ]);
  const path = `/experiments/${encodeURIComponent('a/b ü')}`;
  expect(await bridge.call('PATCH', path, { name: 'other' })).toMatchObject({ status: 409 });
  expect((await bridge.call('PATCH', path, { name: 'new' })).body).toMatchObject({ name: 'new', runs: 1 });
  expect((await bridge.call('GET', path)).status).toBe(404);
  expect((await bridge.call('GET', `/runs/${first}`)).body.experiment).toBe('new');
  const label = join(bridge.data, 'runs', first, 'label.json');
  expect(JSON.parse(readFileSync(label, 'utf8'))).toMatchObject({ experiment: 'new' });
  expect((await bridge.call('DELETE', '/experiments/new')).status).toBe(204);
  expect((await bridge.call('GET', `/runs/${first}`)).body.experiment).toBeNull();
});
