import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestBridge } from './bridge';

/** Collection at its greediest, all the time, beside runs that take what it would like to have. */
let bridge: TestBridge;
let stopped = false;
let collections = 0;
let removed = 0;
let loop: Promise<void>;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
  loop = (async () => {
    while (!stopped) {
      const { body } = await bridge.call('POST', '/cache/collect', { budget: 0, age: 0, grace: 0 });
      collections += 1;
      removed += body.removed.entries;
    }
  })();
});
afterAll(async () => {
  stopped = true;
  await loop;
  await bridge.stop();
  await bridge.close();
});

/** `b` changes with `n`, and waits for a file of that name; `c` needs what `a` left long before. */
const rows = (n: number) =>
  [
    ['x = list(range(50_000))\nopen("left.txt", "w").write("left")', 'step:a'],
    [`import os, time\ny = ${n}\nwhile not os.path.exists(${JSON.stringify(go(n))}): time.sleep(0.01)`, 'step:b'],
    ['print(len(x), y, open("left.txt").read())', 'step:c']
  ] as const;
const go = (n: number) => join(bridge.folder, `go-${n}`);
const stateOf = async (run: string, step: string) => {
  const { steps } = (await bridge.call('GET', `/runs/${run}`)).body;
  return steps.find((one: { name: string }) => one.name === step);
};
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10));
}

/** All that the run shows of a step can be had. */
async function shows(run: string): Promise<void> {
  const { body } = await bridge.call('GET', `/runs/${run}/artifacts?limit=500`);
  expect(body.items.length).toBeGreaterThan(2);
  for (const { id } of body.items) {
    const content = await bridge.fetch(`/api/v1/artifacts/${id}/content`);
    expect([id, content.status]).toEqual([id, 200]);
    await content.arrayBuffer();
  }
}

test('a run under way never loses an input, and what it shows is there afterwards', async () => {
  let before = await bridge.runNotebook(rows(0));
  writeFileSync(go(0), '');
  await bridge.ended(before);
  let taken = 0;
  for (let n = 1; n <= 6; n++) {
    // The run that made or took it goes at some moment between this one's look and its last step.
    const run = await bridge.runNotebook(rows(n));
    if (n % 2 === 0) await until(async () => (await stateOf(run, 'b')).state === 'running');
    expect((await bridge.call('DELETE', `/runs/${before}`)).status).toBe(204);
    await until(async () => (await stateOf(run, 'b')).state === 'running');
    const seen = collections;
    await until(async () => collections > seen + 2);
    writeFileSync(go(n), '');
    const ended = await bridge.ended(run);
    expect(ended).toMatchObject({ state: 'succeeded', reason: null });
    if ((await stateOf(run, 'a')).from === 'cache') taken += 1;
    const log = await bridge.fetch(`/api/v1/runs/${run}/steps/c/log`);
    expect(await log.text()).toBe(`50000 ${n} left\n`);
    await shows(run);
    before = run;
  }
  // It was at work, and it did not simply have all made anew.
  expect(removed).toBeGreaterThan(0);
  expect(taken).toBeGreaterThanOrEqual(3);
}, 120_000);

test('so does one that starts in its middle', async () => {
  const before = await bridge.runNotebook(rows(0));
  await bridge.ended(before);
  const run = await bridge.runNotebook(rows(0), { options: { from: 'c' } });
  expect((await bridge.call('DELETE', `/runs/${before}`)).status).toBe(204);
  expect(await bridge.ended(run)).toMatchObject({ state: 'succeeded', reason: null });
  await shows(run);
});
