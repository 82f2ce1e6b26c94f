import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from '../../scripts/serve.mjs';
import { inScratch, median, timed } from '../measure.mjs';
import { write } from '../notebooks.mjs';

/** The bridge's memory, its way from a step to a client's stream, and logs of 1 GB. */
export async function bridge(tools) {
  return [await memory(tools), await events(tools), ...(await logs(tools))];
}

/** 10,000 runs in the store, all pages of 500 listed once, 100 streams open. */
function memory(tools) {
  return inScratch(async folder => {
    const data = join(folder, 'data');
    await (await serve(tools.cellway, data)).stop();
    timed(tools.node, [join(tools.root, 'bench', 'fill-store.mjs'), join(data, 'cellway.db'), '10000']);
    const bridge = await serve(tools.cellway, data);
    const end = new AbortController();
    try {
      for (let at = 0; at < 100; at++) await bridge.fetch('/events', { signal: end.signal });
      for (let cursor = ''; cursor !== null; ) {
        const { next } = await bridge.call(`/runs?limit=500${cursor}`);
        cursor = next === null ? null : `&cursor=${next}`;
      }
      const megabytes = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${bridge.pid}/status`, 'utf8'))[1]) / 1024;
      return {
        name: 'memory, 10,000 runs, 100 streams',
        than: `${megabytes.toFixed(0)} MB`,
        target: '≤ 150 MB',
        reached: megabytes <= 150
      };
    } finally {
      end.abort();
      await bridge.stop();
    }
  });
}

/** From the moment that a step's runtime notes an event to the client's stream, while eight steps print. */
function events(tools) {
  return inScratch(async folder => {
    const step = name => [
      `step:s${name}`,
      `import time\nfor i in range(60):\n    print(${name}, i, flush=True)\n    time.sleep(0.05)`
    ];
    const notebook = write(
      join(folder, 'busy.ipynb'),
      Array.from({ length: 8 }, (_, at) => step(at))
    );
    const bridge = await serve(tools.cellway, join(folder, 'data'));
    const end = new AbortController();
    try {
      const stream = await bridge.fetch('/events', { signal: end.signal });
      const made = { notebook: { path: notebook }, options: { parallel: 8, cache: false } };
      await bridge.call('/runs', { method: 'POST', body: JSON.stringify(made) });
      const late = [];
      for await (const { event } of told(stream)) {
        if (event.type === 'runtime' && event.event.type === 'output') late.push(Date.now() / 1000 - event.event.t);
        if (event.type === 'run' && !['created', 'started'].includes(event.state)) break;
      }
      const measured = median(late);
      return {
        name: 'event in a step → stream, 8 busy steps',
        measured,
        than: `${late.length} events, 95 % ${(late.sort((a, b) => a - b)[Math.floor(late.length * 0.95)] * 1000).toFixed(0)} ms`,
        target: '≤ 50 ms',
        reached: measured <= 0.05
      };
    } finally {
      end.abort();
      await bridge.stop();
    }
  });
}

async function* told(stream) {
  let rest = '';
  for await (const part of stream.body.pipeThrough(new TextDecoderStream())) {
    const messages = (rest + part).split('\n\n');
    rest = messages.pop();
    for (const message of messages) {
      const data = /^data: (\{.*)$/m.exec(message)?.[1];
      if (data !== undefined && data !== '{}') yield JSON.parse(data);
    }
  }
}

const LINE = `${'0123456789'.repeat(10)}\n`;
const SIZE = 1_000_000_000;

/** What a step appends, and how a log of 1 GB is served. */
function logs(tools) {
  return inScratch(async folder => {
    const appended = 256;
    const source = `import os\nblock = ${JSON.stringify(LINE)}.encode() * 600\nfor i in range(${appended} * 1_000_000 // len(block)):\n    os.write(1, block)`;
    const notebook = write(join(folder, 'log.ipynb'), [['step:a', source]]);
    const data = join(folder, 'data');
    const bridge = await serve(tools.cellway, data);
    try {
      const { id } = await bridge.call('/runs', {
        method: 'POST',
        body: JSON.stringify({ notebook: { path: notebook } })
      });
      while (['created', 'started'].includes((await bridge.call(`/runs/${id}`)).state))
        await new Promise(resolve => setTimeout(resolve, 100));
      const { took } = (await bridge.call(`/runs/${id}/cells`)).items[0];
      fillLog(join(data, 'runs', id, 'steps', 'a', 'attempt-1', 'log.txt'));
      const path = `/runs/${id}/steps/a/log`;
      const tail = await typical(() => bridge.fetch(`${path}?tail=1000`));
      const middle = await typical(() =>
        bridge.fetch(path, { headers: { range: `bytes=${SIZE / 2}-${SIZE / 2 + 999_999}` } })
      );
      const start = performance.now();
      let size = 0;
      for await (const part of (await bridge.fetch(path)).body) size += part.length;
      const whole = size / 1e6 / ((performance.now() - start) / 1000);
      return [
        row('log: a step appends', `${(appended / took).toFixed(0)} MB/s`, '≥ 100 MB/s', appended / took >= 100),
        { ...row('log of 1 GB: last 1,000 lines', '', '≤ 20 ms', tail <= 0.02), measured: tail },
        { ...row('log of 1 GB: 1 MB of its middle', '', '≤ 20 ms', middle <= 0.02), measured: middle },
        row('log of 1 GB: whole', `${whole.toFixed(0)} MB/s`, '≥ 100 MB/s', whole >= 100)
      ];
    } finally {
      await bridge.stop();
    }
  });
}

const row = (name, than, target, reached) => ({ name, than, target, reached });

function fillLog(path) {
  const file = openSync(path, 'w');
  const block = Buffer.from(LINE.repeat(10_000));
  for (let size = 0; size < SIZE; size += block.length) writeSync(file, block);
  ftruncateSync(file, SIZE);
  closeSync(file);
}

async function typical(request) {
  const times = [];
  for (let turn = 0; turn < 15; turn++) {
    const start = performance.now();
    await (await request()).arrayBuffer();
    times.push((performance.now() - start) / 1000);
  }
  return median(times);
}
