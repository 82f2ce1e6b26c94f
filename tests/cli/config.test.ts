import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
let file: string;
beforeAll(() => {
  scratch = new Scratch();
});
beforeEach(() => {
  file = scratch.settings('');
});
afterAll(() => scratch.close());

const config = async (...args: string[]) => (await scratch.run(['config', ...args])).stdout;

test('config tells what holds and where each value came from', async () => {
  scratch.settings('[cache]\nbudget = "5 GB"\n');
  const { code, stdout, stderr } = await scratch.run(['config'], { CELLWAY_STEPS_PARALLEL: '3' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^data +\S+\/data +CELLWAY_DATA$/m);
  expect(stdout).toMatch(/^bridge\.idle +10 min +default$/m);
  expect(stdout).toMatch(/^steps\.parallel +3 +CELLWAY_STEPS_PARALLEL$/m);
  expect(stdout).toMatch(new RegExp(`^cache\\.budget +5 GB +${file}:2$`, 'm'));
  expect(stdout).toContain(`The file: ${file}\n`);
  expect(await config('--data', 'x')).toMatch(/^data +\S+\/work\/x +--data$/m);
});

test('one setting, all as JSON, and the schema of the file', async () => {
  expect(await config('cache.age')).toBe('90 days\n');
  const { settings, problems } = JSON.parse(await config('--json'));
  expect(problems).toEqual([]);
  expect(settings.find((row: { key: string }) => row.key === 'cache.budget')).toMatchObject({
    value: 20e9,
    text: '20 GB',
    source: { kind: 'default' },
    variable: 'CELLWAY_CACHE_BUDGET'
  });
  expect(JSON.parse(await config('--schema')).properties.cache.properties.budget).toMatchObject({ default: '20 GB' });
  expect(await scratch.run(['config', 'cache.bugdet'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean cache.budget?')
  });
});

test('a wrong setting ends any command before it does something, by file and line, variable or flag', async () => {
  scratch.settings('\n[cahce]\nage = 3\n');
  const path = scratch.notebook('n.ipynb', [['a = 1', 'step:a']]);
  for (const args of [['run', path], ['graph', path], ['runs'], ['serve']]) {
    const { code, stderr } = await scratch.run(args);
    expect(code).toBe(2);
    expect(stderr).toBe(`cellway: ${file}:3: There is no setting cahce.age.\n  → Did you mean cache.age?\n`);
  }
  expect(existsSync(scratch.data)).toBe(false);
  scratch.settings('');
  expect(await scratch.run(['runs'], { CELLWAY_LOG_SIZE: 'big' })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^cellway: CELLWAY_LOG_SIZE: log\.size is "big"\.\n {2}→ It has to be a size/)
  });
  expect(await scratch.run(['run', path, '--parallel', 'all'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--parallel: steps.parallel is "all".')
  });
  expect(await scratch.run(['serve', '--port', '99999'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--port: bridge.port is "99999".')
  });
});

test('config prints what it can of wrong settings too, and says what is wrong', async () => {
  scratch.settings('log.level = "loud"\n');
  const { code, stdout, stderr } = await scratch.run(['config']);
  expect(code).toBe(2);
  expect(stdout).toMatch(/^log\.level +info +default$/m);
  expect(stderr).toBe(`cellway: ${file}:1: log.level is "loud". It has to be one of debug, info, warn, error.\n`);
});

test('a run has the settings of whoever starts it: flag, environment, file', async () => {
  const path = scratch.notebook('n.ipynb', [
    ['a = 1', 'step:a'],
    ['b = 2', 'step:b']
  ]);
  const options = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
    const id = (await scratch.run(['run', path, '--detach', ...args], env)).stdout.trim();
    expect((await scratch.run(['wait', id])).code).toBe(0);
    return JSON.parse((await scratch.run(['show', id, '--json'])).stdout).options;
  };
  scratch.settings('[steps]\nparallel = 5\nmemory = "3 GB"\n[cache]\nenabled = false\n');
  expect(await options([])).toEqual({ cache: false, parallel: 5, memory: 3e9 });
  expect(await options([], { CELLWAY_STEPS_PARALLEL: '4', CELLWAY_CACHE_ENABLED: 'true' })).toEqual({
    cache: true,
    parallel: 4,
    memory: 3e9
  });
  expect(await options(['--parallel', '2', '--memory', '2 GB'], { CELLWAY_STEPS_PARALLEL: '4' })).toEqual({
    cache: false,
    parallel: 2,
    memory: 2e9
  });
  expect(existsSync(join(scratch.data, 'bridge.log'))).toBe(true);
});
