import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lives } from '../../server-bridge/runs/process';
import { type Place, readPlace } from '../../server-bridge/service/place';
import { COMMAND, type Ended, ended, Scratch } from '../cli/command';

/** Commands that see other processes, or another network, than the bridge, as in containers that share a folder. */
const allowed = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', '--net', 'true']).status === 0;
if (!allowed) process.stderr.write('containers: skipped, namespaces are not allowed here\n');
const inNamespaces = allowed ? test : test.skip;

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.close());

const apart = (...args: string[]): Promise<Ended> =>
  ended(
    spawn('unshare', ['--pid', '--fork', '--mount-proc', '--net', COMMAND, ...args], {
      cwd: scratch.folder,
      env: scratch.env
    })
  );

async function start(): Promise<Place> {
  const name = scratch.notebook('n.ipynb', [['print(1)', 'step:a']]);
  expect(await scratch.run(['run', name])).toMatchObject({ code: 0, stderr: '' });
  return readPlace(scratch.data)!;
}

inNamespaces('a bridge on a socket that both see is shared', async () => {
  scratch.settings(`bridge.socket = "${join(scratch.folder, 's')}"\n`);
  const place = await start();
  const { code, stdout, stderr } = await apart('runs', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toHaveLength(1);
  expect(await apart('run', 'n.ipynb')).toMatchObject({ code: 0, stderr: '' });
  expect(readPlace(scratch.data)).toEqual(place);
});

inNamespaces('one on a port of another network is told as such, and let be', async () => {
  const place = await start();
  const { code, stderr } = await apart('runs');
  expect(code).toBe(3);
  expect(stderr).toContain(`runs (process ${place.pid}, Cellway 0.1.0), but it does not answer from here`);
  expect(readPlace(scratch.data)).toEqual(place);
  expect(lives(place)).toBe(true);
});

inNamespaces('a run that is under way elsewhere is not removed', async () => {
  const gate = join(scratch.folder, 'gate');
  const source = `import os, time\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.05)`;
  const name = scratch.notebook('long.ipynb', [[source, 'step:a']]);
  const id = (await scratch.run(['run', name, '--detach'])).stdout.trim();
  const events = () => readFileSync(join(scratch.data, 'runs', id, 'events.jsonl'), 'utf8');
  while (!events().includes('"state":"running"')) await new Promise(resolve => setTimeout(resolve, 50));
  expect(await apart('prune', '--all', '--yes')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`under way: ${id}`)
  });
  writeFileSync(gate, '');
  expect(await scratch.run(['wait', id])).toMatchObject({ code: 0 });
});
