import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths, type Run } from '../runs/folder';
import type { RunEvent } from '../runs/event';
import { localOwner, passingStore, type Store } from '../store';
import { Feed } from './feed';
import { Intake } from './intake';
import { Metering } from './metering';
import { followLog } from './step-log';

let data: string;
let store: Store;
let feed: Feed;
let intake: Intake;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cellway-log-'));
  store = passingStore();
  feed = new Feed(store);
  const nothing = () => undefined;
  intake = new Intake(data, store, feed, { warn: nothing, end: nothing, metering: new Metering() });
});
afterEach(() => {
  intake.close();
  store.close();
  rmSync(data, { recursive: true, force: true });
});

const attempt = { step: 'a', attempt: 1 };
const begun = [
  { n: 1, t: 0, type: 'run', state: 'created' },
  { n: 2, t: 0, type: 'run', state: 'started', pid: 1 },
  { n: 3, t: 0, type: 'step', state: 'running', ...attempt }
] as unknown as RunEvent[];
const done = [
  { n: 4, t: 1, type: 'step', state: 'succeeded', ...attempt, took: 1, outputs: [], from: 'run' }
] as unknown as RunEvent[];

function newRun(id: string): Run {
  const folder = paths.run(data, id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(paths.events(folder), '');
  store.addRun({
    ...{ ...localOwner, id, folder, created: 1, notebook: '/n.ipynb', name: 'n', digest: '', engine: 'local' },
    ...{ git: null, experiment: null, origin: null, parameters: {} }
  });
  return { kind: 'run', id, folder, data };
}

function write(run: Run, events: readonly RunEvent[]): void {
  appendFileSync(paths.events(run.folder), events.map(event => `${JSON.stringify(event)}\n`).join(''));
}

function follow(run: Run, signal: AbortSignal) {
  const row = store.run(run.id)!;
  return followLog({ intake }, row, { attempt, folder: run.folder } as never, [], signal);
}

test('a log is followed to its end, though the store had the end before the bridge read it', async () => {
  const run = newRun('r-1');
  write(run, begun);
  intake.follow(run);
  writeFileSync(join(run.folder, 'log.txt'), 'first\n');
  const log = follow(run, new AbortController().signal);
  expect(String((await log.next()).value)).toBe('first\n');
  // As the run's supervisor does it, and then another run's events are told.
  store.ingest(run.id, done);
  feed.publish(localOwner, []);
  const rest = log.next();
  await new Promise(resolve => setTimeout(resolve, 50));
  write(run, done);
  intake.follow(run);
  expect((await rest).done).toBe(true);
}, 10_000);

test('a log is followed, though the bridge has not read yet that the step began', async () => {
  const run = newRun('r-2');
  write(run, begun.slice(0, 2));
  intake.follow(run);
  appendFileSync(paths.events(run.folder), `${JSON.stringify(begun[2])}\n`);
  const left = new AbortController();
  const log = follow(run, left.signal);
  const first = log.next();
  const which = await Promise.race([first, new Promise(resolve => setTimeout(resolve, 100, 'waits'))]);
  expect(which).toBe('waits');
  left.abort();
  expect((await first).done).toBe(true);
});
