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

const rows = (text: string) =>
  [
    [`x = "${text}"`, 'step:a'],
    ['print(x)', 'step:b']
  ] as const;
const list = async (query = '') => (await bridge.call('GET', `/cache/entries${query}`)).body.items;

test('entries are listed, counted, pinned, forgotten one by one', async () => {
  const first = await bridge.ended(await bridge.runNotebook(rows('one')));
  const second = await bridge.ended(await bridge.runNotebook(rows('two')));
  const all = await list();
  expect(all.map((one: { made: unknown }) => one.made)).toEqual(
    expect.arrayContaining([first, second].flatMap(run => ['a', 'b'].map(step => ({ run: run.id, step, attempt: 1 }))))
  );
  const page = await bridge.call('GET', '/cache/entries?step=a&limit=1');
  expect(page.body.items).toMatchObject([{ step: 'a', made: { run: second.id }, shown: true, pinned: false, why: [] }]);
  expect(await list(`?step=a&limit=1&cursor=${page.body.next}`)).toMatchObject([{ made: { run: first.id } }]);
  expect(await list('?notebook=/other.ipynb')).toEqual([]);

  const [entry] = page.body.items;
  expect((await bridge.call('PATCH', `/cache/entries/${entry.id}`, { pinned: true })).body).toEqual({
    ...entry,
    pinned: true
  });
  expect(await list('?pinned=true')).toHaveLength(1);
  const size = (await bridge.call('GET', '/cache')).body;
  const bytes = all.reduce((sum: number, one: { bytes: number }) => sum + one.bytes, 0);
  expect(size).toEqual({
    all: { entries: 4, bytes },
    shown: { entries: 4, bytes },
    pinned: { entries: 1, bytes: entry.bytes },
    collectable: { entries: 0, bytes: 0 },
    budget: 20e9,
    age: 90
  });

  expect((await bridge.call('POST', '/cache/forget', { step: 'a' })).body).toMatchObject({ entries: 1, freed: 0 });
  expect(await list('?step=a')).toMatchObject([{ id: entry.id, pinned: true }]);
  expect((await bridge.call('DELETE', `/cache/entries/${entry.id}`)).status).toBe(204);
  expect((await bridge.call('GET', `/cache/entries/${entry.id}`)).status).toBe(404);
  const again = await bridge.ended(await bridge.runNotebook(rows('two')));
  expect(again.steps[0]).toMatchObject({ name: 'a', from: 'run' });
  // What was forgotten is still shown by the run that made it.
  const { body } = await bridge.call('GET', `/runs/${second.id}/artifacts?step=a`);
  expect((await bridge.fetch(`/api/v1/artifacts/${body.items[0].id}/content`)).status).toBe(200);
});

test('of removed runs all is forgotten with its files, but what is pinned', async () => {
  const { items } = (await bridge.call('GET', '/runs?limit=500')).body;
  for (const { id } of items) await bridge.call('DELETE', `/runs/${id}`);
  const [kept] = await list('?step=a');
  await bridge.call('PATCH', `/cache/entries/${kept.id}`, { pinned: true });
  const before = (await bridge.call('GET', '/cache')).body;
  const forgotten = (await bridge.call('POST', '/cache/forget', { all: true })).body;
  expect(forgotten).toEqual({ ...before.collectable, freed: before.collectable.bytes });
  expect(await list()).toMatchObject([{ id: kept.id }]);
  const folderOf = (id: string) => join(bridge.data, 'runs', id);
  expect(items.filter(({ id }: { id: string }) => existsSync(folderOf(id)))).toMatchObject([{ id: kept.made.run }]);
  await bridge.call('POST', '/cache/collect', { budget: 0, age: 0, grace: 0 });
  expect(existsSync(folderOf(kept.made.run))).toBe(true);
});

test('budget and age are those of the settings', async () => {
  const other = new TestBridge();
  other.env.CELLWAY_CACHE_BUDGET = '5 GB';
  other.env.CELLWAY_CACHE_AGE = 'unlimited';
  await other.serve();
  expect((await other.call('GET', '/cache')).body).toMatchObject({ budget: 5e9, age: null });
  await other.stop();
  await other.close();
});

test('what is no entry, no body and no cursor is told', async () => {
  expect((await bridge.call('GET', '/cache/entries/r-none.a.1')).status).toBe(404);
  expect((await bridge.call('DELETE', '/cache/entries/r-none.a.1')).status).toBe(404);
  expect((await bridge.call('PATCH', '/cache/entries/r-none.a.1', { pinned: true })).status).toBe(404);
  expect((await bridge.call('GET', '/cache/entries/..%2F..%2Fetc')).status).toBe(400);
  expect((await bridge.call('POST', '/cache/forget', {})).status).toBe(400);
  expect((await bridge.call('POST', '/cache/collect', { budget: -1 })).status).toBe(400);
  expect((await bridge.call('GET', '/cache/entries?cursor=x')).body.code).toBe('cursor');
});
