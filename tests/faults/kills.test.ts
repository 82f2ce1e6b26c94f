/**
 * Kills the bridge, supervisors, fork servers and steps of real runs at random moments, and looks for what was lost.
 * `npm run test:faults -- --kills N`; a few in every test run. `CELLWAY_SEED` repeats the choices of an earlier one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TestBridge } from '../bridge/bridge';
import { lossesOf } from './check';
import { processesOf, VICTIMS, type Victim } from './victims';

const KILLS = Number(process.env.CELLWAY_KILLS ?? 10);
const SEED = Number(process.env.CELLWAY_SEED ?? 20261125);
/** Milliseconds of a run's life within which the next kill falls. */
const GAP = 900;

/** Small, and the same on every machine (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

let bridge: TestBridge;
beforeAll(async () => {
  bridge = new TestBridge();
  await bridge.serve();
});
afterAll(async () => {
  await bridge.stop();
  bridge.close();
});

/** Steps whose cells each leave a line outside the run: a → b, c → d. */
function notebookText(trace: string): string {
  const mark = (cell: string) =>
    `import os, time\nopen(${JSON.stringify(trace)}, "a").write(f"${cell} {os.getpid()}\\n")\ntime.sleep(0.15)`;
  const cells: readonly (readonly [string, string | null])[] = [
    [`${mark('a1')}\nx = 10`, 'step:a'],
    [`${mark('a2')}\nx += 1`, null],
    [`${mark('b1')}\ny = x`, 'step:b'],
    [mark('b2'), null],
    [`${mark('b3')}\ny += x\nopen("kept.txt", "w").write(str(y))`, null],
    [`${mark('c1')}\nz = x`, 'step:c'],
    [`${mark('d1')}\ntotal = int(open("kept.txt").read()) + z\nassert y == 22`, 'step:d'],
    ['total', 'metrics']
  ];
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: cells.map(([source, tag], at) => ({
      cell_type: 'code',
      id: `c${at + 1}`,
      metadata: {
        ...(tag === null ? {} : { tags: [tag] }),
        // As often as one may be killed.
        ...(tag?.startsWith('step:') ? { cellway: { retry: 1000 } } : {})
      },
      source,
      outputs: [],
      execution_count: null
    }))
  });
}

async function startRun(at: number): Promise<{ readonly id: string; readonly trace: string }> {
  const trace = join(bridge.folder, '..', `trace-${at}`);
  const name = bridge.write(`n${at}.ipynb`, notebookText(trace));
  const path = join(bridge.folder, name);
  const made = await bridge.call('POST', '/runs', { notebook: { path }, options: { cache: false } });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  return { id: made.body.id, trace };
}

async function kill(victim: Victim, run: string, random: () => number): Promise<boolean> {
  if (victim === 'bridge') {
    await bridge.crash();
    await bridge.serve();
    return true;
  }
  const found = processesOf(victim, run);
  if (found.length === 0) return false;
  try {
    process.kill(found[Math.floor(random() * found.length)]!, 'SIGKILL');
    return true;
  } catch {
    // It ended meanwhile: no kill.
    return false;
  }
}

/** Milliseconds for which a kill waits for its victim to be there. */
const PATIENCE = 3000;

/** Kills one, each kind as likely; null when the run ended before there was one. */
async function killOne(run: string, random: () => number): Promise<Victim | null> {
  for (;;) {
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)]!;
    for (let waited = 0; waited < PATIENCE; waited += 10) {
      if (hasEnded(run)) return null;
      if (await kill(victim, run, random)) return victim;
      await wait(10);
    }
  }
}

const hasEnded = (run: string) => /"type":"run","took"|"state":"(failed|refused|cancelled)","took"/.test(lastLine(run));
const lastLine = (run: string) => readFileSync(join(run, 'events.jsonl'), 'utf8').trimEnd().split('\n').at(-1)!;

test(
  `nothing is lost and nothing runs twice in ${KILLS} kills`,
  async () => {
    const random = randomNumbers(SEED);
    const counts = new Map<Victim, number>(VICTIMS.map(victim => [victim, 0]));
    const losses: string[] = [];
    let kills = 0;
    let runs = 0;
    for (; kills < KILLS; runs++) {
      const { id, trace } = await startRun(runs);
      const folder = join(bridge.data, 'runs', id);
      const killed: string[] = [];
      while (!hasEnded(folder) && kills < KILLS) {
        await wait(random() * GAP);
        const victim = await killOne(folder, random);
        if (victim === null) break;
        kills += 1;
        killed.push(victim);
        counts.set(victim, counts.get(victim)! + 1);
      }
      await bridge.ended(id);
      const found = await lossesOf(bridge, id, trace);
      losses.push(...found.map(loss => `${id} (killed: ${killed.join(', ')}): ${loss}`));
      if (process.env.CELLWAY_KILLS && runs % 10 === 0)
        process.stderr.write(`${kills} kills, ${losses.length} losses\n`);
    }
    const table = [...counts].map(([victim, count]) => `${victim.padEnd(12)} ${String(count).padStart(5)}`);
    if (process.env.CELLWAY_KILLS)
      process.stderr.write(
        `killed       times\n${table.join('\n')}\n${runs} runs; lost or doubled: ${losses.length === 0 ? 'nothing' : losses.length}\n`
      );
    expect(losses).toEqual([]);
  },
  60_000 + KILLS * 15_000
);
