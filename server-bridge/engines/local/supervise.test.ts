import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths, readRunFile } from '../../runs';
import { isStore, localOwner, openStore } from '../../store';
import { Bench, build, collect, type Draft, Ran } from './testing/pipelines';
import { supervise } from './supervise';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const chain: readonly Draft[] = [
  { name: 'load', code: ['x = [1, 2, 3]', 'print("loaded")'], outputs: ['x'] },
  { name: 'clean', code: ['y = [v * 2 for v in x]'], takes: ['x@load'], outputs: ['y'] },
  { name: 'show', code: ['print(sum(y))\nlen(y)'], takes: ['y@clean'] }
];

describe('a run', () => {
  test('hands values on from step to step and writes the executed notebook', async () => {
    const ran = await bench.run(build(chain));
    expect(ran.end).toMatchObject({ state: 'succeeded' });
    expect(ran.printed(4)).toBe('12\n');
    expect(
      ran
        .notebook()
        .cells.slice(1)
        .map(cell => cell.execution_count)
    ).toEqual([1, 2, 3, 4]);
    const store = openStore(bench.data);
    if (!isStore(store)) throw new Error(store.reason.message);
    expect(store.run(ran.run.id)).toMatchObject({ state: 'succeeded' });
    expect(store.steps(ran.run.id).map(step => [step.step, step.state])).toEqual(
      expect.arrayContaining([['show', 'succeeded']])
    );
    expect(store.runs({ owner: localOwner, limit: 10 }).rows).toHaveLength(1);
    store.close();
  });

  test('a second time everything comes from the cache, outputs too', async () => {
    await bench.run(build(chain));
    const again = await bench.run(build(chain));
    expect(['load', 'clean', 'show'].map(name => again.step(name))).toEqual([
      expect.objectContaining({ from: 'cache' }),
      expect.objectContaining({ from: 'cache' }),
      expect.objectContaining({ from: 'cache' })
    ]);
    expect(again.printed(4)).toBe('12\n');
    expect(existsSync(join(again.run.folder, 'forkserver.txt'))).toBe(false);
  });

  test('what changed runs again and says why', async () => {
    await bench.run(build(chain));
    const changed = chain.map(draft =>
      draft.name === 'clean' ? { ...draft, code: ['# twice\ny = [v * 3 for v in x]'] } : draft
    );
    const again = await bench.run(build(changed));
    expect(again.step('load')).toMatchObject({ from: 'cache' });
    expect(again.why('clean')).toBe('cell 3 line 1 changed');
    expect(again.why('show')).toBe('input `y` changed (step clean ran again)');
    expect(again.printed(4)).toBe('18\n');
  });

  test('a failing cell skips what needs it and nothing else', async () => {
    const ran = await bench.run(
      build([
        { name: 'a', code: ['x = 1'], outputs: ['x'] },
        { name: 'b', code: ['1 / 0'], takes: ['x@a'], outputs: ['z'] },
        { name: 'c', code: ['print(z)'], takes: ['z@b'] },
        { name: 'd', code: ['print(x)'], takes: ['x@a'] }
      ])
    );
    expect(ran.end).toMatchObject({ state: 'failed', steps: ['b'] });
    expect(ran.step('b')).toMatchObject({ error: { code: 'raised', ename: 'ZeroDivisionError', line: 1, index: 2 } });
    expect(ran.step('c')).toMatchObject({ state: 'skipped', because: 'b' });
    expect(ran.step('d')).toMatchObject({ state: 'succeeded' });
    const [, , b, c] = ran.notebook().cells;
    expect(b!.outputs.at(-1)).toMatchObject({ output_type: 'error' });
    expect(c).toMatchObject({ outputs: [], execution_count: null });
  });

  test('a process that ends by itself fails its step', async () => {
    const ran = await bench.run(build([{ name: 'a', code: ['import os\nos.kill(os.getpid(), 9)'] }]));
    expect(ran.step('a')).toMatchObject({ state: 'failed', error: { code: 'died' } });
  });

  test('a failed step is tried again as often as it says', async () => {
    const code = ['import os\nopen("tries", "a").write("x")\nassert len(open("tries").read()) == 3'];
    const ran = await bench.run(build([{ name: 'a', code, settings: { retry: 2 } }]));
    expect(ran.step('a')).toMatchObject({ state: 'succeeded', attempt: 3 });
  });

  test('a step past its timeout is ended and fails', async () => {
    const ran = await bench.run(
      build([{ name: 'a', code: ['import time\ntime.sleep(60)'], settings: { timeout: 0.5 } }])
    );
    expect(ran.step('a')).toMatchObject({ state: 'failed', error: { code: 'timeout' } });
  });

  test('cancelling ends the running step and what waits for it', async () => {
    const run = await bench.create(
      build([
        { name: 'a', code: ['import time\ntime.sleep(60)'], outputs: ['t'] },
        { name: 'b', code: ['t'], takes: ['t@a'] }
      ])
    );
    if (run.kind === 'refused') throw new Error(run.reason.message);
    const supervised = supervise(run.folder);
    const collected = collect(run);
    const pid = join(run.folder, 'steps/a/attempt-1/pid.json');
    const poll = setInterval(() => existsSync(pid) && process.emit('SIGINT', 'SIGINT'), 20);
    await supervised;
    clearInterval(poll);
    const ran = new Ran(run, await collected);
    expect(ran.end).toMatchObject({ state: 'cancelled' });
    expect([ran.step('a').state, ran.step('b').state]).toEqual(['cancelled', 'cancelled']);
  });

  test('given parameters replace the defaults where they are bound and where they are taken', async () => {
    const parameters = [
      { name: 'lr', type: 'float' as const, default: 0.1, position: { cell: 1, id: 'c1', line: 1, column: 1 } }
    ];
    const drafts: Draft[] = [
      { name: 'setup', kind: 'setup', code: ['lr = 0.1', 'print(lr)'] },
      { name: 'a', code: ['print(lr)'], parameters: ['lr'] }
    ];
    const ran = await bench.run(build(drafts, parameters), { parameters: { lr: 0.5 } });
    expect([ran.printed(2), ran.printed(3)]).toEqual(['0.5\n', '0.5\n']);
    const other = await bench.run(build(drafts, parameters), { parameters: { lr: 0.7 } });
    expect(other.why('a')).toBe('parameter lr 0.5 → 0.7');
  });
});

describe('files', () => {
  const writer: readonly Draft[] = [
    {
      name: 'write',
      code: ['open("out.txt", "w").write(open("in.txt").read().upper())'],
      files: { reads: ['in.txt'], writes: ['out.txt'] }
    },
    {
      name: 'read',
      code: ['print(open("out.txt").read())'],
      needs: ['write'],
      files: { reads: ['out.txt'], writes: [] }
    }
  ];

  test("steps work in a copy: the notebook's folder stays as it was", async () => {
    bench.file('in.txt', 'abc');
    const ran = await bench.run(build(writer));
    expect(ran.printed(2)).toBe('ABC\n');
    expect(existsSync(join(bench.notebooks, 'out.txt'))).toBe(false);
    expect(readFileSync(join(paths.work(ran.run.folder), 'out.txt'), 'utf8')).toBe('ABC');
  });

  test('of the copy only what the steps made or changed is kept', async () => {
    bench.file('in.txt', 'abc');
    bench.file('data/in.bin', 'x'.repeat(100));
    bench.file('kept.txt', 'old');
    const ran = await bench.run(build([...writer, { name: 'edit', code: ['open("kept.txt", "a").write("er")'] }]));
    const left = readdirSync(paths.work(ran.run.folder), { recursive: true }).sort();
    expect(left).toEqual(['kept.txt', 'out.txt']);
  });

  test('a step from the cache brings back what it wrote', async () => {
    bench.file('in.txt', 'abc');
    await bench.run(build(writer));
    const edited = [writer[0]!, { ...writer[1]!, code: ['print(open("out.txt").read() * 2)'] }];
    const again = await bench.run(build(edited));
    expect(again.step('write')).toMatchObject({ from: 'cache' });
    expect(again.printed(2)).toBe('ABCABC\n');
  });

  test('a changed file is a miss', async () => {
    bench.file('in.txt', 'abc');
    await bench.run(build(writer));
    bench.file('in.txt', 'other');
    const again = await bench.run(build(writer));
    expect(again.why('write')).toBe('file in.txt changed');
    expect(again.printed(2)).toBe('OTHER\n');
  });
});

describe('--only and --from', () => {
  test('take what comes before from earlier runs', async () => {
    await bench.run(build(chain));
    const edited = chain.map(draft => (draft.name === 'show' ? { ...draft, code: ['print(max(y))'] } : draft));
    const ran = await bench.run(build(edited), { options: { only: 'show' } });
    expect(ran.printed(4)).toBe('6\n');
    expect(ran.step('clean')).toMatchObject({ state: 'succeeded', from: 'cache' });
  });

  test('are refused, with nothing written, when nothing is there', async () => {
    const refusal = await bench.create(build(chain), { options: { from: 'show' } });
    expect(refusal).toMatchObject({ kind: 'refused', reason: { code: 'upstream-missing', name: 'clean' } });
    expect(existsSync(join(bench.data, 'runs'))).toBe(false);
  });
});

test('the environment that results depend on is one for the whole run, and recorded', async () => {
  const ran = await bench.run(
    build([{ name: 'a', code: ['import os\nprint(os.environ["PYTHONHASHSEED"], os.environ["OMP_NUM_THREADS"])'] }])
  );
  const { PYTHONHASHSEED, OMP_NUM_THREADS } = readRunFile(ran.run.folder).environment;
  expect(ran.printed(1)).toBe(`${PYTHONHASHSEED} ${OMP_NUM_THREADS}\n`);
});
