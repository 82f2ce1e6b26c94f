import { Bench, build } from './testing/pipelines';

/** What is said of a step that wants more memory than it may have. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const hungry = 'parts = []\nfor i in range(4000):\n    parts.append(bytearray(1024 * 1024))';

test.each([undefined, 'spawn' as const])(
  'a step past its memory fails and is told how much it took (%s)',
  async start => {
    const ran = await bench.run(build([{ name: 'a', code: [hungry], settings: { memory: 300 * 2 ** 20 } }]), {
      options: { start }
    });
    expect(ran.step('a')).toMatchObject({
      state: 'failed',
      error: {
        code: 'memory',
        ename: 'MemoryError',
        line: 3,
        evalue: expect.stringMatching(/^The step may take 300 MB of memory .*; it had taken \d+ MB/)
      }
    });
  }
);

test('steps whose own settings do not say have the memory that the run gives each', async () => {
  const own = { name: 'b', code: [hungry.replace('4000', '400')], settings: { memory: 4 * 2 ** 30 } };
  const ran = await bench.run(build([{ name: 'a', code: [hungry] }, own]), { options: { memory: 300 * 2 ** 20 } });
  expect(ran.step('a')).toMatchObject({ state: 'failed', error: { code: 'memory' } });
  expect(ran.step('b')).toMatchObject({ state: 'succeeded' });
});

test('a step within its memory runs, and its value travels', async () => {
  const ran = await bench.run(
    build([
      { name: 'a', code: ['x = bytearray(50 * 2**20)'], outputs: ['x'], settings: { memory: 200 * 2 ** 20 } },
      { name: 'b', code: ['print(len(x))'], takes: ['x@a'], settings: { memory: 200 * 2 ** 20 } }
    ])
  );
  expect(ran.printed(2)).toBe(`${50 * 2 ** 20}\n`);
});
