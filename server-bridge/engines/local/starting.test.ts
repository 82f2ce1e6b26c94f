import { dirname, join } from 'node:path';
import { Bench, build, python } from './testing/pipelines';

/** How steps' processes start, and what is said when they do not live to the end. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const notes = (ran: Awaited<ReturnType<Bench['run']>>) =>
  ran.events.flatMap(event => (event.type === 'note' ? [event.message] : []));
const hows = (ran: Awaited<ReturnType<Bench['run']>>) =>
  ran.events.flatMap(event =>
    event.type === 'step' && event.state === 'running' ? [`${event.step} ${event.how}`] : []
  );

/** A package outside the notebook's folder, which the warm interpreter loads. */
function installed(name: string, code: string): { readonly env: Readonly<Record<string, string>> } {
  bench.file(`../packages/${name}.py`, code);
  return { env: { PYTHONPATH: join(bench.folder, 'packages') } };
}
const withPackage = (env: Readonly<Record<string, string>>) => ({
  interpreter: { argv: [python], env, kernel: null, display: 'test' }
});

test('a forked child that hangs before it begins is redone by a fresh interpreter, and no more are forked', async () => {
  const { env } = installed('hanging', 'import os, time\nos.register_at_fork(after_in_child=lambda: time.sleep(20))');
  const ran = await bench.run(
    build([
      { name: 'a', code: ['import hanging\nx = 1'], imports: ['hanging'], outputs: ['x'] },
      { name: 'b', code: ['print(x + 1)'], takes: ['x@a'], imports: ['hanging'] }
    ]),
    withPackage(env),
    1500
  );
  expect(ran.end.state).toBe('succeeded');
  expect(ran.printed(2)).toBe('2\n');
  expect(hows(ran)).toEqual(['a fork', 'a spawn', 'b spawn']);
  expect(notes(ran)).toEqual([expect.stringContaining('step a did not begin')]);
});

test('a run can be told to fork nothing', async () => {
  const ran = await bench.run(build([{ name: 'a', code: ['print(1)'] }]), { options: { start: 'spawn' } });
  expect(ran.printed(1)).toBe('1\n');
  expect(hows(ran)).toEqual(['a spawn']);
});

test.each([undefined, 'spawn' as const])(
  "a wrapper and the kernelspec's environment hold in every step (%s)",
  async start => {
    const code = 'import os, sys\nprint(os.environ["FROM_SPEC"], sys.prefix)';
    const interpreter = {
      argv: ['/usr/bin/env', 'WRAPPED=1', 'python'],
      env: { FROM_SPEC: 'yes', PATH: `${dirname(python)}:${process.env.PATH}` },
      kernel: 'wrapped',
      display: 'wrapped'
    };
    const ran = await bench.run(build([{ name: 'a', code: [code] }]), { interpreter, options: { start } });
    expect(ran.printed(1)).toBe(`yes ${dirname(dirname(python))}\n`);
  }
);

test('when the warm interpreter dies, a step under way goes on, and later ones are started without it', async () => {
  const code =
    'import os, signal, time\nopen("log", "a").write("x")\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1)';
  const ran = await bench.run(
    build([
      { name: 'a', code: [code] },
      { name: 'b', code: ['print(open("log").read())'], files: { reads: ['log'], writes: [] } }
    ]),
    {
      options: { parallel: 1 }
    }
  );
  expect(ran.step('a')).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(ran.printed(2)).toBe('x\n');
  expect(hows(ran)).toEqual(['a fork', 'b spawn']);
});

test('a step that dies together with the warm interpreter has failed', async () => {
  const code = 'import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(os.getpid(), signal.SIGKILL)';
  const ran = await bench.run(build([{ name: 'a', code: [code] }]));
  expect(ran.step('a')).toMatchObject({ state: 'failed', error: { code: 'died' } });
});

test.each([
  ['os.kill(os.getpid(), 9)', /was killed from outside, when it had taken \d+ MB of memory \(SIGKILL/],
  ['os.kill(os.getpid(), 11)', /crashed in code that is not Python \(SIGSEGV\)/],
  ['os._exit(7)', /ended itself with exit code 7/]
])('%s is told in plain words', async (code, words) => {
  const ran = await bench.run(build([{ name: 'a', code: [`import os\n${code}`] }]));
  expect(ran.step('a')).toMatchObject({
    state: 'failed',
    error: { code: 'died', evalue: expect.stringMatching(words) }
  });
});

test('a step that asks for a name of a later-queued one does not keep the only core from it', async () => {
  const ran = await bench.run(
    build([
      { name: 'a', code: ['x = 1'], outputs: ['x'] },
      { name: 'b', code: ['secret = x + 1'], takes: ['x@a'], outputs: ['secret'] },
      { name: 'c', code: ['print(eval("sec" + "ret"))'] }
    ]),
    { options: { parallel: 1, cache: false } }
  );
  expect(ran.end.state).toBe('succeeded');
  expect(ran.printed(3)).toBe('2\n');
});
