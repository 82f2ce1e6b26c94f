import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { cancelRun, followEvents, type RunEvent, startSupervisor } from '../../runs';
import { spawnSupervisor } from '../../runs/supervision';
import { Bench, build, checkout, collect, Ran } from './testing/pipelines';

/** No silent difference: what analysis did not foresee is put right or stops the run; and the supervisor as a process. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

describe('what the plan did not foresee', () => {
  test('draws of a generator in steps that ran one after the other go on where the earlier left off', async () => {
    const sequential = 'import random\nrandom.seed(3)';
    const ran = await bench.run(
      build([
        { name: 'a', code: [sequential], sets: ['random'], outputs: ['done'] },
        {
          name: 'b',
          code: ['import random\nprint(random.random())'],
          needs: ['a'],
          loads: ['random@a'],
          changes: ['random']
        },
        {
          name: 'c',
          code: ['import random\nprint(random.random())'],
          needs: ['b'],
          loads: ['random@b'],
          changes: ['random']
        },
        {
          name: 'd',
          code: ['import random\nrandom.seed(3)\nprint(random.random())\nprint(random.random())'],
          sets: ['random']
        }
      ])
    );
    expect(ran.end).toMatchObject({ state: 'succeeded' });
    expect(ran.printed(2) + ran.printed(3)).toBe(ran.printed(4));
  });

  test('a name read by other means is looked up in earlier steps, and the step is run again with it', async () => {
    const ran = await bench.run(
      build([
        { name: 'a', code: ['secret = 41'], outputs: ['secret'] },
        { name: 'b', code: ['print(eval("sec" + "ret") + 1)'] }
      ])
    );
    expect(ran.end).toMatchObject({ state: 'succeeded' });
    expect(ran.printed(2)).toBe('42\n');
    expect(ran.events).toContainEqual(
      expect.objectContaining({ type: 'plan-changed', from: 'a', to: 'b', names: ['secret'] })
    );
  });

  test('a name that nobody binds is the plain NameError', async () => {
    const ran = await bench.run(build([{ name: 'a', code: ['print(nowhere)'] }]));
    expect(ran.step('a')).toMatchObject({ state: 'failed', error: { ename: 'NameError', index: 1, line: 1 } });
  });

  test('a value that cannot travel refuses the run by cell and name', async () => {
    const ran = await bench.run(
      build([
        { name: 'a', code: ['g = (i for i in range(3))'], outputs: ['g'] },
        { name: 'b', code: ['print(list(g))'], takes: ['g@a'] }
      ])
    );
    expect(ran.end).toMatchObject({ state: 'refused', reason: { code: 'cannot-travel', name: 'g', step: 'a' } });
    expect(ran.step('b').state).toBe('cancelled');
  });

  test('a file that two steps touched at the same time stops the run', async () => {
    const ran = await bench.run(
      build([
        { name: 'a', code: ['import time\ntime.sleep(0.8)\nopen("f" + ".txt", "w").write("x")'] },
        { name: 'b', code: ['import time, os\nopen("f" + ".txt", "w").write("y")\ntime.sleep(0.5)'] }
      ]),
      { options: { parallel: 2 } }
    );
    expect(ran.end).toMatchObject({ state: 'refused', reason: { code: 'file-unseen', name: 'f.txt' } });
  });
});

describe('a supervisor process', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cellway-bundle-')));
  const program = join(folder, 'supervise.mjs');
  beforeAll(() => {
    buildSync({
      stdin: {
        contents: "import { supervise } from './server-bridge/engines/local';\nawait supervise(process.argv.at(-1));",
        resolveDir: checkout
      },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error'
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (code: string) => {
    const run = await bench.create(build([{ name: 'a', code: [code] }]));
    if (run.kind === 'refused') throw new Error(run.reason.message);
    return { run, pid: startSupervisor(run, [process.execPath, program]) };
  };

  test('runs on its own and is followed by its log', async () => {
    const { run } = await start('print(1)');
    const ran = new Ran(run, await collect(run));
    expect(ran.end.state).toBe('succeeded');
    expect(ran.printed(1)).toBe('1\n');
    expect(cancelRun(run)).toBe(false);
  });

  test('can be asked to cancel', async () => {
    const { run } = await start('import time\ntime.sleep(60)');
    const collected: string[] = [];
    for await (const event of (await import('../../runs')).followEvents(run)) {
      if (event.type === 'runtime' && event.event.type === 'cell') cancelRun(run);
      collected.push(event.type === 'run' ? event.state : event.type);
    }
    expect(collected.at(-1)).toBe('cancelled');
  });

  test('that was killed gets a successor: what ran goes on, what is done is not done again', async () => {
    const run = await bench.create(
      build([
        { name: 'a', code: ['open("log", "a").write("a")\nx = 1'], outputs: ['x'] },
        {
          name: 'b',
          code: ['import time\nopen("log", "a").write("b")\ntime.sleep(2.5)\nprint(x)\ny = 2', 'y += 1'],
          takes: ['x@a'],
          outputs: ['y']
        },
        { name: 'c', code: ['print(y, open("log").read())'], takes: ['y@b'] }
      ])
    );
    if (run.kind === 'refused') throw new Error(run.reason.message);
    const command = [process.execPath, program];
    const pid = startSupervisor(run, command);
    const events: RunEvent[] = [];
    for await (const event of followEvents(run, 0, command)) {
      events.push(event);
      if (event.type === 'runtime' && event.step === 'b' && event.event.state === 'running') {
        if (event.event.index === 2) process.kill(pid, 'SIGKILL');
      }
    }
    const ran = new Ran(run, events);
    expect(ran.end.state).toBe('succeeded');
    expect(events.map(event => event.n)).toEqual(events.map((_, at) => at + 1));
    expect(events.filter(event => event.type === 'run').map(event => event.state)).toEqual([
      'created',
      'started',
      'started',
      'succeeded'
    ]);
    expect(ran.step('b')).toMatchObject({ attempt: 1, from: 'run' });
    expect(ran.printed(2)).toBe('1\n');
    expect(ran.printed(4)).toBe('3 ab\n');
    const cells = events.flatMap(event =>
      event.type === 'runtime' && event.event.type === 'cell' ? [`${event.event.index} ${event.event.state}`] : []
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test('that was killed leaves to its successor what it took from the cache, even when the original is gone', async () => {
    const drafts = (code: string) =>
      build([
        { name: 'a', code: ['x = 1'], outputs: ['x'] },
        { name: 'b', code: [`import time\n${code}\ny = 2`], outputs: ['y'] },
        { name: 'c', code: ['print(x + y)'], takes: ['x@a', 'y@b'] }
      ]);
    const first = await bench.run(drafts('pass'));
    const run = await bench.create(drafts('time.sleep(1.5)'));
    if (run.kind === 'refused') throw new Error(run.reason.message);
    const command = [process.execPath, program];
    const pid = startSupervisor(run, command);
    const events: RunEvent[] = [];
    for await (const event of followEvents(run, 0, command)) {
      events.push(event);
      if (event.type === 'runtime' && event.step === 'b' && event.event.state === 'running') {
        process.kill(pid, 'SIGKILL');
        rmSync(first.run.folder, { recursive: true });
      }
    }
    const ran = new Ran(run, events);
    expect(ran.end.state).toBe('succeeded');
    expect(ran.step('a')).toMatchObject({ from: 'cache' });
    expect(ran.printed(3)).toBe('3\n');
  });

  test('that was killed while the run was cancelled leaves the wish to its successor', async () => {
    const { run, pid } = await start('import time\ntime.sleep(60)');
    const command = [process.execPath, program];
    const states: string[] = [];
    for await (const event of followEvents(run, 0, command)) {
      if (event.type === 'runtime' && event.event.type === 'cell' && event.event.state === 'running') {
        process.kill(pid, 'SIGKILL');
        cancelRun(run);
      }
      states.push(event.type === 'run' ? event.state : event.type);
    }
    expect(states.at(-1)).toBe('cancelled');
  });

  test('whose successors all die at once is noticed, and its run has failed', async () => {
    const { run, pid } = await start('import time\ntime.sleep(2)');
    process.kill(pid, 'SIGKILL');
    const events: RunEvent[] = [];
    for await (const event of followEvents(run, 0, ['/bin/false'])) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'run', state: 'failed', reason: { code: 'supervisor-lost' } });
  });

  test('beside another one of the same run does nothing', async () => {
    const { run } = await start('import time\ntime.sleep(1)');
    spawnSupervisor(run, [process.execPath, program]);
    const events = await collect(run);
    expect(events.filter(event => event.type === 'run' && event.state === 'started')).toHaveLength(1);
  });
});
