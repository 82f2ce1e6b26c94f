/** A run whose disk is full fails and says so; what is kept stays whole. On a small file system of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endBridge, type Row, Scratch } from '../cli/command';

let scratch: Scratch;
let mounted = false;
beforeAll(() => {
  scratch = new Scratch();
  mkdirSync(scratch.data);
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'cellway-test', scratch.data]).status === 0;
  if (!mounted) process.stderr.write('full-disk: skipped, mounting is not allowed here\n');
});
afterAll(async () => {
  await endBridge(scratch.data);
  if (mounted) execFileSync('umount', ['-l', scratch.data]);
  await scratch.close();
});

const cases: readonly (readonly [string, readonly Row[]])[] = [
  [
    'a value that has no room',
    [
      ['x = bytes(30_000_000)', 'step:a'],
      ['print(len(x))', 'step:b']
    ]
  ],
  [
    'output that has no room',
    [
      ['for i in range(30):\n    print("y" * 1_000_000)', 'step:a'],
      ['1', 'step:b']
    ]
  ],
  [
    'a file of the notebook that has no room',
    [
      ['with open("big", "wb") as f:\n    f.write(bytes(30_000_000))\n    f.flush()', 'step:a'],
      ['1', 'step:b']
    ]
  ]
];

test.each(cases)('%s ends the run as failed, with the disk as the reason, and the store is whole', async (_, rows) => {
  if (!mounted) return;
  const name = scratch.notebook('full.ipynb', rows);
  const ended = await scratch.run(['run', name, '--no-cache']);
  expect(ended.stdout + ended.stderr).toMatch(/disk is full|No space left|no room on the disk/);
  expect(ended.code).toBe(1);
  const folder = scratch.runs().at(-1)!;
  const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  expect(JSON.parse(events.at(-1)!)).toMatchObject({ type: 'run', state: 'failed' });
  const store = new DatabaseSync(join(scratch.data, 'cellway.db'));
  expect(store.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  store.close();
  execFileSync('rm', ['-rf', folder]);
  // With room again all is well.
  const fine = await scratch.run(['run', scratch.notebook('fine.ipynb', [['print(1)', 'step:a']])]);
  expect(fine.code).toBe(0);
});
