import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lives } from '../../server-bridge/runs/process';
import { type Place, readPlace } from '../../server-bridge/service/place';
import { Scratch } from '../cli/command';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const notebook = () => scratch.notebook('n.ipynb', [['print(1)', 'step:a']]);

/** The bridge that a command started. */
async function startedBy(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Place> {
  const { code, stderr } = await scratch.run(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readPlace(scratch.data)!;
}

async function ended(place: Place): Promise<void> {
  while (lives(place)) await new Promise(resolve => setTimeout(resolve, 50));
}

const log = () => readFileSync(join(scratch.data, 'bridge.log'), 'utf8');

test('a bridge that a command started ends when it has nothing to do, also after it has streamed', async () => {
  const place = await startedBy(['run', notebook()], { CELLWAY_BRIDGE_IDLE: '1 s' });
  await ended(place);
  expect(log()).toContain('"why":"nothing to do"');
  expect(existsSync(join(scratch.data, 'bridge.json'))).toBe(false);
});

test('a run under way keeps it', async () => {
  const name = scratch.notebook('long.ipynb', [['import time\ntime.sleep(4)', 'step:a']]);
  const place = await startedBy(['run', name, '--detach'], { CELLWAY_BRIDGE_IDLE: '1 s' });
  await ended(place);
  const [run] = scratch.runs();
  expect(readFileSync(join(run!, 'events.jsonl'), 'utf8')).toContain('"state":"succeeded"');
});

test('one is ended by command, and the run under way goes on', async () => {
  const name = scratch.notebook('long.ipynb', [['import time\ntime.sleep(3)\nprint("done")', 'step:a']]);
  const place = await startedBy(['run', name, '--detach']);
  const stop = ['serve', '--stop'];
  expect(await scratch.run(stop)).toMatchObject({ code: 0, stdout: expect.stringContaining(`process ${place.pid}`) });
  expect(lives(place)).toBe(false);
  expect(await scratch.run(stop)).toMatchObject({ code: 0, stdout: `No bridge of ${scratch.data} runs.\n` });
  expect((await scratch.run(['logs', 'last', 'a', '-f'])).stdout).toBe('done\n');
});

test('one whose data folder is gone ends', async () => {
  const place = await startedBy(['run', notebook()]);
  while (scratch.processes().length > 0) await new Promise(resolve => setTimeout(resolve, 50));
  rmSync(scratch.data, { recursive: true });
  await ended(place);
  expect(existsSync(scratch.data)).toBe(false);
});

test('one whose store a newer Cellway has taken over ends, and says so to who asks it to write', async () => {
  const place = await startedBy(['run', notebook()]);
  const store = new DatabaseSync(join(scratch.data, 'cellway.db'));
  store.exec('PRAGMA user_version = 999');
  store.close();
  const { code, stderr } = await scratch.run(['run', notebook()]);
  expect(code).toBe(3);
  expect(stderr).toContain('newer Cellway');
  const again = await scratch.run(['runs']);
  expect(again.stderr).toContain('newer Cellway');
  await ended(place);
});
