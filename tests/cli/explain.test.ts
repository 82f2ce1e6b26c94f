import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const notebook = (first: string) =>
  scratch.notebook('work.ipynb', [
    ['n = 1', 'parameters'],
    [first, 'step:a'],
    ['print(x + n)', 'step:b']
  ]);

const out = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await scratch.run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
};

test('before a run it is told what will run and why, and nothing is started', async () => {
  const path = notebook('x = 1');
  expect(await out('run', path, '--explain')).toMatch(/◌ {2}a +runs +first run\n/);
  expect(await out('runs')).toBe('No runs.\n');

  await out('run', path);
  expect(await out('run', path, '--explain')).toMatch(/✓ {2}a +from the cache/);
  expect(await out('run', path, '--explain', '--no-cache', '--from', 'b')).toMatch(
    /✓ {2}a +from the cache[\s\S]*b +runs/
  );
  notebook('x = 2');
  const { steps } = JSON.parse(await out('run', path, '--explain', '--json', '-p', 'n=5'));
  expect(steps.slice(-2)).toMatchObject([
    { name: 'a', from: 'run', cache: { why: ['cell 2 line 1 changed'] }, last: { took: expect.any(Number) } },
    { name: 'b', from: 'run', waits: ['a'], cache: { why: ['parameter n 1 → 5'] } }
  ]);
  expect(await out('run', path, '--explain')).toMatch(/b +depends .*depends on: a runs first/);
  expect(await scratch.run(['run', path, '--explain', '--only', 'b'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/step a \(cell 2 line 1 changed\)/)
  });
  expect(JSON.parse(await out('runs', '--json'))).toHaveLength(1);
});
