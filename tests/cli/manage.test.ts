import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endBridge, Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const notebook = () =>
  scratch.notebook('work.ipynb', [
    ['alpha = 0.5', 'parameters'],
    ['x = [1, 2]\nprint("made")\nopen("out.txt", "w").write("text")', 'step:a'],
    ['auc = alpha\nprint("auc", auc)\nauc', 'step:b'],
    ['auc', 'metrics']
  ]);

const out = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await scratch.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

test('a run that was detached is waited for, listed, shown; its logs, metrics and artifacts are had', async () => {
  const path = notebook();
  const id = (await out('run', path, '--detach', '--name', 'first', '--experiment', 'try', '-p', 'alpha=0.25')).trim();
  expect(id).toMatch(/^r-/);
  expect(await out('wait', id)).toBe(`${id}  succeeded\n`);

  const listed = JSON.parse(await out('runs', '--json', '--metric', 'auc<0.3', '--parameter', 'alpha=0.25'));
  expect(listed).toMatchObject([{ id, name: 'first', experiment: 'try', metrics: { auc: 0.25 } }]);
  expect(await out('runs', '--state', 'failed')).toBe('No runs.\n');
  expect(await out('runs')).toContain(`✓  ${id}`);

  expect(await out('show', 'last')).toMatch(/✓ {2}a +succeeded/);
  expect(await out('logs', id.slice(0, 12), 'b')).toBe('auc 0.25\n');
  expect(await out('logs', id)).toBe('== (setup)\n== a\nmade\n== b\nauc 0.25\n');
  expect(await out('metrics', id)).toContain('auc  0.25  b');

  const files = JSON.parse(await out('artifact', id, '--json')) as { id: string; kind: string }[];
  const file = files.find(one => one.kind === 'file')!;
  await out('artifact', file.id, '-o', 'got.txt');
  expect(readFileSync(join(scratch.folder, 'got.txt'), 'utf8')).toBe('text');
  expect(await scratch.run(['artifact', file.id, '-o', 'got.txt'])).toMatchObject({ code: 2 });
});

test('a name that stands for no run or for several is told so', async () => {
  expect(await scratch.run(['show', 'zzz'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no run 'zzz'")
  });
  await out('run', notebook());
  expect(await scratch.run(['show', 'r-'])).toMatchObject({ code: 2, stderr: expect.stringContaining('several') });
});

test('a failed run is waited for with its code, and resumed where it failed', async () => {
  const path = scratch.notebook('fails.ipynb', [
    ['print("once")', 'step:a'],
    ['import pathlib\nassert pathlib.Path("/nowhere").exists(), "not there"', 'step:b']
  ]);
  const id = (await out('run', path, '--detach')).trim();
  expect(await scratch.run(['wait', id])).toMatchObject({ code: 1, stdout: `${id}  failed\n` });
  expect((await scratch.run(['show', id])).stdout).toContain('b, cell 2, line 2: AssertionError: not there');
  const resumed = await scratch.run(['resume', id]);
  expect(resumed.code).toBe(1);
  expect(resumed.stdout).toMatch(/a +from earlier run|a +.*earlier/);
});

test('a run is cancelled', async () => {
  const path = scratch.notebook('long.ipynb', [['import time\nprint("begun", flush=True)\ntime.sleep(60)', 'step:a']]);
  const id = (await out('run', path, '--detach')).trim();
  expect(await out('cancel', id)).toBe(`${id}  cancelled\n`);
  expect(await scratch.run(['cancel', id])).toMatchObject({ code: 2 });
  expect(await scratch.run(['wait', id])).toMatchObject({ code: 130 });
});

test('old runs go when it is said; all of it goes with --all', async () => {
  await out('run', notebook());
  await out('run', notebook());
  expect(await scratch.run(['prune'])).toMatchObject({ code: 2 });
  expect(await scratch.run(['prune', '--keep', '1'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--yes')
  });
  expect(await out('prune', '--keep', '1', '--yes')).toContain('Removed');
  expect(JSON.parse(await out('runs', '--json'))).toHaveLength(1);
  // Its steps came from one that is gone.
  expect(await out('logs', 'last', 'a')).toBe('made\n');
  expect(await out('prune', '--all', '--yes')).toContain('Removed');
  expect(existsSync(scratch.data)).toBe(false);
});

test('all goes with no run under way, whatever state the store is in; what is not of Cellway stays', async () => {
  const path = scratch.notebook('long.ipynb', [['import time\ntime.sleep(60)', 'step:a']]);
  const id = (await out('run', path, '--detach')).trim();
  expect(await scratch.run(['prune', '--all', '--yes'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining(`Runs are under way: ${id}.`)
  });
  await out('cancel', id);
  await endBridge(scratch.data);
  while (scratch.processes().length > 0) await new Promise(resolve => setTimeout(resolve, 20));
  writeFileSync(join(scratch.data, 'cellway.db'), 'no database '.repeat(1000));
  writeFileSync(join(scratch.data, 'thesis.txt'), 'mine');
  const settings = scratch.settings('');
  expect(await out('prune', '--all', '--yes')).toBe(
    `Removed what Cellway kept in ${scratch.data}. The rest is not of it, and stays: thesis.txt\nYour settings stay: ${settings}\n`
  );
  expect(readdirSync(scratch.data)).toEqual(['thesis.txt']);
});
