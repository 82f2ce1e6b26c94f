import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TestBridge } from './bridge';

/** What those who watch over a bridge see: probes and Prometheus. */
let bridge: TestBridge;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
});
afterAll(async () => {
  await bridge.stop();
  await bridge.close();
});

const NAME = '[a-z_]+';
const COMMENT = new RegExp(`^# (HELP (${NAME}) \\S.*|TYPE (${NAME}) (counter|gauge|histogram))$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${NAME}="[^"\\\\]*",?)+)\\})? (-?[\\d.e+-]+)$`);

/** Values by name and labels; what is not of the text format (0.0.4), as far as it is used here, is an error. */
async function metrics(): Promise<Readonly<Record<string, number>>> {
  const response = await bridge.fetch('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const text = await response.text();
  expect(text.endsWith('\n')).toBe(true);
  const found: Record<string, number> = {};
  let family = '';
  for (const line of text.trimEnd().split('\n')) {
    const comment = COMMENT.exec(line);
    if (comment !== null) family = comment[2] ?? family;
    else {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? [line];
      expect(name!.replace(/_(bucket|sum|count)$/, '')).toBe(family);
      const values = [...labels.matchAll(/="([^"]*)"/g)].map(match => match[1]);
      found[[name, ...values].join(' ')] = Number(value);
    }
  }
  return found;
}

test('probes need no token, and metrics do', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const response = await fetch(bridge.url(path));
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
  }
  expect((await fetch(bridge.url('/metrics'))).status).toBe(401);
});

test('metrics count requests by operation, problems by code and runs by how they ended', async () => {
  const before = await metrics();
  expect(before['cellway_runs_ended_total succeeded']).toBeUndefined();
  await bridge.ended(await bridge.runNotebook([['print(1)', 'step:a']]));
  await bridge.ended(await bridge.runNotebook([['1 / 0', 'step:a']]));
  expect((await bridge.call('GET', '/runs/r-0')).status).toBe(404);
  expect((await bridge.call('GET', '/nowhere')).status).toBe(404);
  const after = await metrics();
  expect(after).toMatchObject({
    cellway_ready: 1,
    cellway_runs_open: 0,
    'cellway_runs_ended_total succeeded': 1,
    'cellway_runs_ended_total failed': 1,
    'cellway_requests_total createRun POST 201': 2,
    'cellway_requests_total getRun GET 404': 1,
    'cellway_requests_total none GET 404': 1,
    'cellway_problems_total 404 run-unknown': 1,
    'cellway_problems_total 404 path-unknown': 1,
    'cellway_request_seconds_count createRun': 2,
    'cellway_request_seconds_bucket createRun +Inf': 2
  });
  expect(after.cellway_events_total).toBeGreaterThan(before.cellway_events_total!);
  for (const name of ['cellway_store_bytes', 'cellway_data_free_bytes', 'process_resident_memory_bytes'])
    expect(after[name]).toBeGreaterThan(100_000);
  expect(Object.keys(after)).toContainEqual(expect.stringMatching(/^cellway_build_info 0\.1\.0 1 \d+$/));
});

test('while what runs write cannot be taken in, the bridge is alive and not ready, and says why', async () => {
  const store = new DatabaseSync(join(bridge.data, 'cellway.db'), { timeout: 5000 });
  const gate = join(bridge.folder, 'gate');
  const run = await bridge.runNotebook([
    [`import os, time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.05)`, 'step:a']
  ]);
  store.exec('ALTER TABLE events RENAME TO away');
  writeFileSync(gate, '');
  const readiness = async () => {
    const response = await fetch(bridge.url('/readyz'));
    return `${response.status} ${await response.text()}`;
  };
  while ((await readiness()).startsWith('200')) await new Promise(resolve => setTimeout(resolve, 100));
  expect(await readiness()).toBe('503 no such table: events\n');
  expect((await fetch(bridge.url('/healthz'))).status).toBe(200);
  expect(await metrics()).toMatchObject({ cellway_ready: 0, cellway_intake_failures_total: expect.any(Number) });
  store.exec('ALTER TABLE away RENAME TO events');
  store.close();
  expect((await bridge.ended(run)).state).toBe('succeeded');
  expect(await readiness()).toBe('200 ok\n');
});
