import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TestBridge } from './bridge';

let bridge: TestBridge;
beforeEach(async () => {
  bridge = new TestBridge();
  await bridge.serve();
});
afterEach(async () => {
  await bridge.stop();
  bridge.close();
});

interface Message {
  readonly id?: string;
  readonly event?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  readonly data?: any;
}

/** Messages of a stream, until it breaks or the caller has enough. */
async function* messages(path: string, headers: Record<string, string> = {}): AsyncGenerator<Message> {
  const end = new AbortController();
  try {
    const answer = await bridge.fetch(`/api/v1${path}`, { headers, signal: end.signal });
    let rest = '';
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      rest += part;
      const whole = rest.split('\n\n');
      rest = whole.pop()!;
      for (const text of whole) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
        const data = field('data');
        yield { id: field('id'), event: field('event'), ...(data === undefined ? {} : { data: JSON.parse(data) }) };
      }
    }
  } finally {
    end.abort();
  }
}

const memory = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${bridge.pid}/status`, 'utf8'))![1]) / 1000;
const gauge = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec(await (await bridge.fetch('/metrics')).text())![1]);

test('a stream that goes on where it was cut misses nothing and gets nothing twice, over crashes of the bridge', async () => {
  const run = await bridge.runNotebook([
    ['import time\nfor i in range(60):\n    time.sleep(0.1)\n    print(i, flush=True)', 'step:a'],
    ['z = 1', 'step:b']
  ]);
  const seen: number[] = [];
  let position = (await bridge.call('GET', '/runs')).headers.get('cellway-position')!.replace(/\d+$/, '0');
  for (let crashes = 0, done = false; !done; ) {
    try {
      for await (const { id, data } of messages(`/events?run=${run}`, { 'last-event-id': position })) {
        position = id ?? position;
        if (data === undefined) continue;
        seen.push(data.event.n);
        done = data.event.type === 'run' && data.event.state === 'succeeded';
        if (done) break;
        if (crashes < 2 && seen.length > 12 * (crashes + 1)) {
          crashes += 1;
          await bridge.crash();
          await bridge.serve();
        }
      }
    } catch (error) {
      // The connection broke.
      if ((error as Error).name !== 'TypeError') throw error;
    }
  }
  const { body } = await bridge.call('GET', `/runs/${run}/events?limit=1000`);
  expect(seen).toEqual(body.items.map((event: { n: number }) => event.n));
});

test('a position of another store is answered by a reset, and the stream goes on from now', async () => {
  const got = messages('/events?after=0123456789ab.7');
  const first = (await got.next()).value as Message;
  expect(first).toMatchObject({ event: 'reset' });
  const run = await bridge.runNotebook([['x = 1', 'step:a']]);
  expect((await got.next()).value).toMatchObject({ data: { run, event: { n: 1 } } });
  await got.return(undefined);
});

test('a thousand streams each get all events, and leave nothing behind', async () => {
  const before = memory();
  const streams = Array.from({ length: 1000 }, () => messages('/events?type=run'));
  await Promise.all(streams.map(stream => stream.next()));
  expect(await gauge('cellway_streams_open')).toBe(1000);
  const run = await bridge.runNotebook([['x = 1', 'step:a']]);
  const firsts = await Promise.all(streams.map(async stream => (await stream.next()).value as Message));
  expect(firsts.every(({ data }) => data.run === run && data.event.state === 'created')).toBe(true);
  expect(memory() - before).toBeLessThan(150);
  await Promise.all(streams.map(stream => stream.return(undefined)));
  while ((await gauge('cellway_streams_open')) > 0) await new Promise(resolve => setTimeout(resolve, 50));
}, 60_000);

test('clients that never read cost no memory, whatever there is for them', async () => {
  const run = await bridge.runNotebook([['x = 1', 'step:a']]);
  await bridge.ended(run);
  const position = (await bridge.call('GET', '/runs')).headers.get('cellway-position')!;
  const db = new DatabaseSync(join(bridge.data, 'cellway.db'));
  const event = db.prepare("INSERT INTO events (run, n, t, type, body) VALUES (?, ?, 0, 'note', ?)");
  const feed = db.prepare('INSERT INTO feed (run, n) VALUES (?, ?)');
  db.exec('BEGIN');
  for (let n = 1000; n < 4000; n++) {
    event.run(run, n, JSON.stringify({ n, t: 0, type: 'note', message: 'x'.repeat(50_000) }));
    feed.run(run, n);
  }
  db.exec('COMMIT');
  db.close();
  const before = memory();
  const { address, token } = bridge.place;
  if (address.kind !== 'tcp') throw new Error('not on a port');
  const sockets = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const socket = connect(address.port, address.host);
      socket.pause();
      await once(socket, 'connect');
      socket.write(
        `GET /api/v1/events?after=${position} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`
      );
      return socket;
    })
  );
  while ((await gauge('cellway_streams_open')) < 30) await new Promise(resolve => setTimeout(resolve, 50));
  for (let times = 0; times < 20; times++) await bridge.call('GET', '/runs');
  // 150 MB are there for each of them.
  expect(memory() - before).toBeLessThan(250);
  for (const socket of sockets) socket.destroy();
}, 60_000);
