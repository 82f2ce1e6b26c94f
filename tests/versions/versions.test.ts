import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { lives } from '../../server-bridge/runs/process';
import { readPlace } from '../../server-bridge/service/place';
import { STORE_VERSION } from '../../server-bridge/store/migrations';
import { endBridge, Scratch } from '../cli/command';
import { Installation, newerStore, otherApi, versioned } from './installation';

/** Virtual environments with a Cellway each, on one data folder; all processes are real. */
let scratch: Scratch;
let old: Installation;
let patched: Installation;
let recent: Installation;
let foreign: Installation;
beforeAll(() => {
  scratch = new Scratch();
  const install = (name: string, ...edits: ConstructorParameters<typeof Installation>[2][]) =>
    new Installation(join(scratch.folder, '..', name), scratch.env, ...edits);
  old = install('old');
  patched = install('patched', versioned('0.1.1'));
  recent = install('recent', versioned('0.2.0'), newerStore);
  foreign = install('foreign', versioned('1.0.0'), newerStore, otherApi);
}, 120_000);
afterEach(() => endBridge(scratch.data));
afterAll(() => scratch.close());

const out = async (by: Installation, ...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await by.run(args, scratch.folder);
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
};
const bridge = () => readPlace(scratch.data)!;
const runsOf = async (by: Installation) =>
  (JSON.parse(await out(by, 'runs', '--json')) as { id: string; state: string }[]).map(
    ({ id, state }) => `${id} ${state}`
  );

/** All that the store holds of runs and cache, and its version. */
function store(): unknown {
  // Whoever closes it last empties its log, and keeps others out meanwhile.
  const db = new DatabaseSync(join(scratch.data, 'cellway.db'), { readOnly: true, timeout: 5000 });
  const found = [
    db.prepare('PRAGMA user_version').get(),
    ...["SELECT name FROM sqlite_master WHERE type = 'table'", 'SELECT * FROM runs', 'SELECT * FROM cache'].map(sql =>
      db.prepare(sql).all()
    )
  ];
  db.close();
  return JSON.parse(JSON.stringify(found));
}

const which = () => scratch.notebook('which.ipynb', [['import sys\nprint(sys.executable)', 'step:a']]);

test('another version of the same store takes the bridge over if it is newer, and shares it if it is older', async () => {
  await out(old, 'run', which());
  const first = bridge();
  expect(first.cellway).toBe('0.1.0');
  const listed = await runsOf(patched);
  expect(listed).toHaveLength(1);
  expect(lives(first)).toBe(false);
  const second = bridge();
  expect(second.cellway).toBe('0.1.1');
  expect(await runsOf(old)).toEqual(listed);
  // Whoever runs it: the steps run in the environment of the command that asked.
  await out(old, 'run', which(), '--no-cache');
  expect(await out(patched, 'logs', 'last', 'a')).toBe(`${old.python}\n`);
  await out(patched, 'run', which(), '--no-cache');
  expect(await out(old, 'logs', 'last', 'a')).toBe(`${patched.python}\n`);
  expect(bridge()).toEqual(second);
});

test('a run under way goes on while a newer version takes over and brings the store forward', async () => {
  const name = scratch.notebook(
    'long.ipynb',
    [
      [
        'open("ran.txt", "a").write("once\\n")\nimport os, time\nwhile not os.path.exists(GATE): time.sleep(0.05)',
        'step:a'
      ],
      ['print(open("ran.txt").read())', 'step:b']
    ].map(([source, tag]) => [source!.replace('GATE', JSON.stringify(join(scratch.folder, 'gate'))), tag!])
  );
  const id = (await out(old, 'run', name, '--detach')).trim();
  const follower = old.run(['logs', id, 'b', '--follow'], scratch.folder);
  expect(await runsOf(recent)).toContain(`${id} started`);
  expect(bridge()).toMatchObject({ cellway: '0.2.0', store: STORE_VERSION + 1 });
  writeFileSync(join(scratch.folder, 'gate'), '');
  expect(await out(old, 'wait', id)).toBe(`${id}  succeeded\n`);
  // One that followed through the bridge of before has not lost a thing.
  expect(await follower).toMatchObject({ code: 0, stdout: 'once\n\n' });
  const events = readFileSync(join(scratch.data, 'runs', id, 'events.jsonl'), 'utf8');
  expect(events.match(/"step":"a","state":"running"/g)).toHaveLength(1);
  expect(await runsOf(recent)).toContain(`${id} succeeded`);
});

test('without a bridge the older one leaves the store of the newer alone, and says what to do', async () => {
  await out(recent, 'run', which());
  await endBridge(scratch.data);
  const before = store();
  for (const args of [
    ['runs'],
    ['run', 'which.ipynb'],
    ['verify', 'which.ipynb'],
    ['serve'],
    ['prune', '--all', '--yes'],
    ['doctor', '--store']
  ]) {
    const { code, stderr } = await old.run(args, scratch.folder);
    expect({ args, code }).toEqual({ args, code: 3 });
    expect(stderr).toContain('was written by a newer Cellway');
    expect(stderr).toContain('→ Upgrade Cellway');
  }
  // What needs no store works.
  await out(old, 'graph', which());
  await out(old, 'check', which());
  expect(store()).toEqual(before);
  expect(existsSync(join(scratch.data, 'bridge.json'))).toBe(false);
});

test('the older one does not end the bridge of the newer to make its store anew', async () => {
  await out(recent, 'runs');
  const { code } = await old.run(['doctor', '--store'], scratch.folder);
  expect(code).toBe(3);
  expect(lives(bridge())).toBe(true);
  expect(bridge().cellway).toBe('0.2.0');
});

test('a bridge with another API is told as such by the older, and taken over by the newer', async () => {
  await out(recent, 'runs');
  const mine = bridge();
  await out(foreign, 'runs');
  expect(lives(mine)).toBe(false);
  expect(bridge().cellway).toBe('1.0.0');
  const { code, stderr } = await recent.run(['runs'], scratch.folder);
  expect(code).toBe(3);
  expect(stderr).toContain('is that of Cellway 1.0.0; this is 0.2.0, which does not know its API');
  expect(stderr).toContain('→ Upgrade Cellway');
  expect(lives(bridge())).toBe(true);
});
