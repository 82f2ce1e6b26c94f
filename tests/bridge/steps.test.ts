import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestBridge } from './bridge';

let bridge: TestBridge;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
});
afterAll(async () => {
  await bridge.stop();
  bridge.close();
});

const rows = [
  ['print("one\\ntwo")', 'step:a'],
  ['print("three")\n1 + 1'],
  ['raise ValueError("no")', 'step:b'],
  ['x = 1']
] as const;

const logOf = async (run: string, query = '', headers: Record<string, string> = {}, step = 'a') => {
  const answer = await bridge.fetch(`/api/v1/runs/${run}/steps/${step}/log${query}`, { headers });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

describe('a run that has ended', () => {
  let run: string;
  beforeAll(async () => {
    run = await bridge.runNotebook(rows);
    await bridge.ended(run);
  });

  test('tells its attempts, with what made them end', async () => {
    const { body } = await bridge.call('GET', `/runs/${run}/steps/b/attempts`);
    expect(body.items).toMatchObject([{ attempt: 1, state: 'failed', error: { ename: 'ValueError', line: 1 } }]);
    expect((await bridge.call('GET', `/runs/${run}/steps/nope/attempts`)).status).toBe(404);
  });

  test('gives a log whole, by range, by its last lines, and by cell', async () => {
    expect((await logOf(run)).text).toBe('one\ntwo\nthree\n');
    const part = await logOf(run, '', { range: 'bytes=4-6' });
    expect([part.status, part.text, part.headers.get('content-range')]).toEqual([206, 'two', 'bytes 4-6/14']);
    expect((await logOf(run, '', { range: 'bytes=-6' })).text).toBe('three\n');
    const last = await logOf(run, '?tail=2');
    expect([last.text, last.headers.get('cellway-from')]).toEqual(['two\nthree\n', '4']);
    expect((await logOf(run, '?cell=c2')).text).toBe('three\n');
    expect((await logOf(run, '?cell=c1&tail=1')).text).toBe('two\n');
    const none = await logOf(run, '', { range: 'bytes=99-' });
    expect([none.status, none.headers.get('content-range')]).toEqual([416, 'bytes */14']);
  });

  test('a log is not sent again to who has it, and HEAD tells its size', async () => {
    const etag = (await logOf(run)).headers.get('etag')!;
    expect((await logOf(run, '', { 'if-none-match': etag })).status).toBe(304);
    const head = await bridge.fetch(`/api/v1/runs/${run}/steps/a/log`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '14']);
  });

  test('shows cells page by page, with what those behind a failure did not do', async () => {
    const first = await bridge.call('GET', `/runs/${run}/cells?limit=2`);
    expect(first.body.items).toMatchObject([
      { id: 'c1', step: 'a', state: 'succeeded', outputs: [{ output_type: 'stream', text: 'one\ntwo\n' }] },
      { id: 'c2', state: 'succeeded', outputs: [{}, { output_type: 'execute_result' }] }
    ]);
    const second = await bridge.call('GET', `/runs/${run}/cells?limit=2&cursor=${first.body.next}`);
    expect(second.body.items.map((cell: { state: string }) => cell.state)).toEqual(['failed', 'not-run']);
    expect(second.body.items[0].outputs).toMatchObject([{ output_type: 'error', ename: 'ValueError' }]);
    expect(second.body.next).toBeNull();
  });

  test('gives its notebook', async () => {
    const { body, headers } = await bridge.call('GET', `/runs/${run}/notebook`);
    expect(headers.get('content-type')).toBe('application/x-ipynb+json');
    expect(body.cells[0].outputs).toMatchObject([{ text: 'one\ntwo\n' }]);
  });

  test('the last lines of a log are read from its end, across blocks', async () => {
    const path = join(bridge.runs().at(-1)!, 'steps', 'a', 'attempt-1', 'log.txt');
    const lines = Array.from({ length: 30_000 }, (_, at) => `line ${at}`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    expect((await logOf(run, '?tail=20000')).text).toBe(`${lines.slice(-20_000).join('\n')}\n`);
    appendFileSync(path, 'no end');
    expect((await logOf(run, '?tail=2')).text).toBe('line 29999\nno end');
    writeFileSync(path, 'one\ntwo\nthree\n');
  });
});

test('while it runs: outputs of the cell that runs, the notebook so far, and a log that goes on to the end', async () => {
  const gate = join(bridge.folder, 'gate');
  const run = await bridge.runNotebook([
    ['print("first")\n7', 'step:a'],
    [
      `import os, sys, time\nprint("10%\\r20%", flush=True)\nwhile not os.path.exists(${JSON.stringify(gate)}):\n    time.sleep(0.05)\nprint("last")`
    ]
  ]);
  const cell = async () => (await bridge.call('GET', `/runs/${run}/cells/c2`)).body;
  for (let now = await cell(); now.outputs.length === 0; now = await cell())
    await new Promise(resolve => setTimeout(resolve, 50));
  expect(await cell()).toMatchObject({ state: 'running', outputs: [{ name: 'stdout', text: '20%\n' }] });
  const { body: notebook } = await bridge.call('GET', `/runs/${run}/notebook`);
  expect(notebook.cells[0].outputs).toHaveLength(2);
  expect(notebook.cells[1].outputs).toMatchObject([{ text: '20%\n' }]);
  const answer = await bridge.fetch(`/api/v1/runs/${run}/steps/a/log?follow=true&tail=1`);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value!;
  writeFileSync(gate, '');
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  expect(text).toBe('10%\r20%\nlast\n');
  expect((await bridge.ended(run)).state).toBe('succeeded');
});

test('answers that stream, whole or left early, are nothing to warn of', async () => {
  const run = await bridge.runNotebook([['print("x" * 5_000_000)', 'step:a']]);
  await bridge.ended(run);
  expect((await logOf(run)).text).toHaveLength(5_000_001);
  const early = await bridge.fetch(`/api/v1/runs/${run}/steps/a/log`);
  await early.body!.cancel();
  expect((await bridge.call('GET', `/runs/${run}/notebook`)).status).toBe(200);
  const stream = await bridge.fetch('/api/v1/events');
  await stream.body!.cancel();
  await bridge.call('GET', '/runs');
  expect(bridge.log.split('\n').filter(line => /"level":[456]0/.test(line))).toEqual([]);
});

test("a result from the cache has its maker's log and cells", async () => {
  const again = [['print("cached")', 'step:a']] as const;
  await bridge.ended(await bridge.runNotebook(again));
  const run = await bridge.runNotebook(again);
  await bridge.ended(run);
  const { body } = await bridge.call('GET', `/runs/${run}/steps/a/attempts`);
  expect(body.items).toMatchObject([{ attempt: 0, from: 'cache', log: 7 }]);
  expect((await logOf(run)).text).toBe('cached\n');
  expect((await bridge.call('GET', `/runs/${run}/cells/c1`)).body).toMatchObject({
    state: 'succeeded',
    outputs: [{ text: 'cached\n' }]
  });
});
