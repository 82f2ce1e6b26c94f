import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStore, localOwner, openStore, type Store } from '../../store';
import { Collector } from './collector';

const MINUTE = 60_000;

let data: string;
let store: Store;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'], now: Date.now() });
  data = mkdtempSync(join(tmpdir(), 'cellway-collector-'));
  mkdirSync(join(data, 'runs'));
  const opened = openStore(data);
  if (!isStore(opened)) throw new Error(opened.reason.message);
  store = opened;
});
afterEach(() => {
  store.close();
  rmSync(data, { recursive: true, force: true });
  jest.useRealTimers();
});

/** An entry whose files are gone: a collection drops it. */
function stale(execution: string): void {
  const text = { key: '', notebook: '/n.ipynb', step: 'a', code: '', components: {}, checks: {}, why: [] };
  const folder = join(data, 'runs', execution.split('/')[0]!, 'steps', 'a', 'attempt-1');
  store.cache.add({ ...localOwner, ...text, execution, reusable: true, folder, bytes: 1, created: 0 });
}
const left = () => store.cache.unshown().length;
const policy = { budget: 0, age: null, grace: 0 };
const warn = (message: string) => {
  throw new Error(message);
};

test('a bridge collects a minute after its start and every hour, and not again right after another one', async () => {
  const first = new Collector(data, store, policy, warn);
  first.start();
  stale('r-1/a/1');
  await jest.advanceTimersByTimeAsync(MINUTE - 1);
  expect(left()).toBe(1);
  await jest.advanceTimersByTimeAsync(1);
  await first.close();
  expect(left()).toBe(0);

  const second = new Collector(data, store, policy, warn);
  second.start();
  stale('r-2/a/1');
  await jest.advanceTimersByTimeAsync(30 * MINUTE);
  expect(left()).toBe(1);
  await jest.advanceTimersByTimeAsync(31 * MINUTE);
  await second.close();
  expect(left()).toBe(0);
});

test('a closed one collects no more', async () => {
  const collector = new Collector(data, store, policy, warn);
  collector.start();
  await collector.close();
  stale('r-1/a/1');
  await jest.advanceTimersByTimeAsync(120 * MINUTE);
  expect(left()).toBe(1);
});
