import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import { LEAVES, likelyKey, resolveSettings, SettingsSchema, shown, variableOf, whereOf } from '.';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cellway-settings-'));
  path = join(home, '.config', 'cellway', 'config.toml');
  mkdirSync(join(path, '..'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ HOME: home, ...more });
const write = (text: string) => writeFileSync(path, text);
const told = async (more: NodeJS.ProcessEnv = {}) =>
  (await resolveSettings(env(more))).problems.map(
    ({ where, message, fix }) => `${where.replace(path, 'file')} ${message} ${fix}`
  );

test('without a word of the user the defaults hold', async () => {
  const { settings, problems, file } = await resolveSettings(env());
  expect(problems).toEqual([]);
  expect(file).toMatchObject({ path, there: false });
  expect(settings).toMatchObject({
    data: join(home, '.local', 'share', 'cellway'),
    bridge: { host: '127.0.0.1', port: 0, socket: null, idle: 600 },
    log: { level: 'info', size: 10_000_000, keep: 3 },
    steps: { parallel: null, memory: null, start: 'fork' },
    cache: { enabled: true, budget: 20_000_000_000, age: 90 }
  });
});

test('a flag wins over the environment, that over the file, that over the default; each setting by itself', async () => {
  write('[log]\nlevel = "debug"\nkeep = 1\nsize = "1 MB"\n');
  const { settings, found } = await resolveSettings(env({ CELLWAY_LOG_LEVEL: 'warn', CELLWAY_LOG_SIZE: '2 MB' }), [
    { key: 'log.level', flag: '--log-level', text: 'error' }
  ]);
  expect(settings.log).toEqual({ level: 'error', size: 2_000_000, keep: 1 });
  expect([...found].flatMap(([key, { source }]) => (key.startsWith('log.') ? [whereOf(source)] : []))).toEqual([
    '--log-level',
    'CELLWAY_LOG_SIZE',
    `${path}:3`
  ]);
});

test.each([
  ['cache.budget', '20 GB', 20e9],
  ['cache.budget', '1.5TB', 1.5e12],
  ['cache.budget', '512 MiB', 512 * 2 ** 20],
  ['cache.budget', '4Gi', 4 * 2 ** 30],
  ['cache.budget', '20g', 20e9],
  ['cache.budget', '1000', 1000],
  ['cache.budget', 'unlimited', null],
  ['cache.age', '30', 30],
  ['cache.age', '12 weeks', 84],
  ['bridge.idle', '90', 90],
  ['bridge.idle', '5m', 300],
  ['bridge.idle', '2 h', 7200],
  ['bridge.idle', 'never', null],
  ['steps.parallel', 'cores', null],
  ['steps.parallel', '3', 3],
  ['cache.enabled', 'off', false],
  ['cache.enabled', 'TRUE', true]
] as const)('%s may be written %j', async (key, text, value) => {
  const { found, problems } = await resolveSettings(env({ [variableOf(key)]: text }));
  expect(problems).toEqual([]);
  expect(found.get(key)!.value).toBe(value);
});

test.each([
  ['bridge.port', '99999'],
  ['bridge.port', '-1'],
  ['bridge.port', '80.5'],
  ['bridge.idle', '5 GB'],
  ['bridge.idle', '0'],
  ['cache.budget', '20 XB'],
  ['cache.budget', 'much'],
  ['cache.age', '3 h'],
  ['cache.enabled', 'perhaps'],
  ['log.level', 'loud'],
  ['steps.parallel', '0'],
  ['steps.memory', '1 MB']
] as const)('%s may not be %j: the variable is named, and the default holds', async (key, text) => {
  const { found, problems } = await resolveSettings(env({ [variableOf(key)]: text }));
  expect(problems).toMatchObject([{ where: variableOf(key), fix: expect.stringContaining('It has to be ') }]);
  expect(found.get(key)!.source).toEqual({ kind: 'default' });
});

test('what is wrong in the file is told by its line, with what was meant', async () => {
  write(`data = 5
[cache]
budget = "20 GX"
bugdet = "20 GB"
[cahce]
age = 1
[bridge]
port = [1]
idle.max = 3
[[log]]
level = "info"
`);
  expect(await told()).toEqual([
    'file:4 There is no setting cache.bugdet. Did you mean cache.budget?',
    'file:6 There is no setting cahce.age. Did you mean cache.age?',
    'file:9 There is no setting bridge.idle.max. Did you mean bridge.idle?',
    'file:11 There is no setting log.0.level. Did you mean log.level?',
    'file:1 data is 5. It has to be a path.',
    'file:8 bridge.port is [1]. It has to be a whole number, at most 65535.',
    `file:3 cache.budget is "20 GX". It has to be a size, as 500 MB or 20 GB, or 'unlimited'.`
  ]);
});

test.each([
  ['[cache\n', 'file:2 This is no TOML'],
  ['a = 1\na = 2\n', 'file:2 This is no TOML'],
  ['\n\nlog.level = info\n', 'file:3 This is no TOML']
])('a file that is no TOML is told by its line: %j', async (text, start) => {
  write(text);
  expect(await told()).toEqual([expect.stringContaining(start)]);
});

test('all ways of TOML to write a table lead to the same setting', async () => {
  for (const text of ['log.keep = 7', '[log]\nkeep = 7', 'log = { keep = 7 }', '["log"]\n"keep" = 7 # seven']) {
    write(text);
    expect((await resolveSettings(env())).settings.log.keep).toBe(7);
  }
});

test('a variable that looks like one of ours is told; those of others and empty ones are let be', async () => {
  expect(await told({ CELLWAY_CACHE_BUGDET: '1 GB' })).toEqual([
    'CELLWAY_CACHE_BUGDET There is no such setting. Did you mean CELLWAY_CACHE_BUDGET?'
  ]);
  expect(await told({ CELLWAY_NODE: 'x', CELLWAY_MY_PROJECT: 'x', CELLWAY_LOG_LEVEL: '' })).toEqual([]);
});

test('a file that CELLWAY_CONFIG names has to be there', async () => {
  expect(await told({ CELLWAY_CONFIG: join(home, 'no.toml') })).toEqual([expect.stringContaining('no such file')]);
  write('log.keep = 7');
  expect((await resolveSettings({ HOME: '/elsewhere', CELLWAY_CONFIG: path })).settings.log.keep).toBe(7);
  expect(await told({ CELLWAY_CONFIG: home })).toEqual([expect.stringContaining('it is a folder')]);
});

test('paths of the file are relative to it, ~ is the home', async () => {
  write('data = "here"');
  expect((await resolveSettings(env())).settings.data).toBe(join(path, '..', 'here'));
  write('data = "~/there"');
  expect((await resolveSettings(env())).settings.data).toBe(join(home, 'there'));
  expect((await resolveSettings(env({ CELLWAY_DATA: 'x' }))).settings.data).toBe(join(process.cwd(), 'x'));
});

test('a home or a base folder that is no absolute path counts for nothing', async () => {
  const { settings, file } = await resolveSettings({ HOME: '', XDG_DATA_HOME: 'here', XDG_CONFIG_HOME: '' });
  expect(settings.data).toBe(join(userInfo().homedir, '.local', 'share', 'cellway'));
  expect(file.path).toBe(join(userInfo().homedir, '.config', 'cellway', 'config.toml'));
  expect((await resolveSettings(env({ XDG_DATA_HOME: '/base' }))).settings.data).toBe('/base/cellway');
});

test('a key that is none is told with the likely one', () => {
  expect(likelyKey('budget')).toBe('Did you mean cache.budget?');
  expect(likelyKey('cache')).toContain('It is a table; in it there are cache.enabled, cache.budget');
  expect(likelyKey('zzzzzz')).toBe('cellway config lists all settings.');
});

test('the schema is JSON Schema of what the file takes: defaults as they are shown fit, slips do not', async () => {
  const check = new Ajv({ strict: false }).compile(SettingsSchema);
  const { found } = await resolveSettings(env());
  for (const [key, leaf] of LEAVES) {
    const [table, field] = key.split('.') as [string, string?];
    const fits = (value: unknown) => check(field === undefined ? { [table]: value } : { [table]: { [field]: value } });
    if (leaf.default !== undefined) expect([key, fits(leaf.default)]).toEqual([key, true]);
    // What `cellway config` shows can be written into the file as it is.
    const text = shown(leaf, found.get(key)!.value);
    const back = await resolveSettings(env({ [variableOf(key)]: text }));
    expect([key, back.found.get(key)!.value]).toEqual([key, found.get(key)!.value]);
    expect(fits([])).toBe(false);
  }
  expect(check({ cache: { budget: 'much' } })).toBe(false);
  expect(check({ cahce: {} })).toBe(false);
});
