import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInterpreter, interpreterArgv } from './find';

const folder = mkdtempSync(join(tmpdir(), 'cellway-kernels-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const launch = ['-m', 'ipykernel_launcher', '-f', '{connection_file}'];

function kernel(root: string, name: string, spec: object): void {
  mkdirSync(join(root, 'kernels', name), { recursive: true });
  writeFileSync(
    join(root, 'kernels', name, 'kernel.json'),
    JSON.stringify({ display_name: name, language: 'python', ...spec })
  );
}

const user = join(folder, 'user');
const prefix = join(folder, 'venv');
const env = { JUPYTER_DATA_DIR: user, HOME: folder, WHERE: '/opt/x' };

beforeAll(() => {
  mkdirSync(join(prefix, 'bin'), { recursive: true });
  writeFileSync(join(prefix, 'bin', 'python'), '');
  chmodSync(join(prefix, 'bin', 'python'), 0o755);
  writeFileSync(join(prefix, 'pyvenv.cfg'), '');
  kernel(join(prefix, 'share', 'jupyter'), 'python3', { argv: ['python', ...launch] });
  kernel(user, 'python3', { argv: ['/usr/bin/python3', ...launch] });
  kernel(user, 'Science', {
    argv: ['/envs/science/bin/python', '-Xfrozen_modules=off', ...launch],
    env: { LIB: ['$', '{WHERE}/lib'].join(''), N: '1' }
  });
  kernel(user, 'ir', { argv: ['R', '--slave'], language: 'R' });
  kernel(user, 'script', { argv: ['/bin/start.sh', '-f', '{connection_file}'] });
  kernel(user, 'placed', {
    argv: ['{resource_dir}/start.sh', '{prefix}/bin/python', ...launch],
    env: { COST: ['$', '$5'].join('') }
  });
  kernel(user, 'nearby', { argv: ['python', ...launch] });
  kernel(user, 'unnamed', { argv: ['/envs/science/bin/python', ...launch], language: undefined });
  kernel(user, 'empty', { argv: [] });
  mkdirSync(join(user, 'kernels', 'torn'));
  writeFileSync(join(user, 'kernels', 'torn', 'kernel.json'), '{"argv": [');
  mkdirSync(join(user, 'kernels', 'folder', 'kernel.json'), { recursive: true });
  writeFileSync(join(user, 'kernels', 'a-file'), '');
});

test('a bare `python` means the Python of the environment that the spec lies in', () => {
  expect(findInterpreter(null, prefix, env)).toMatchObject({
    argv: [join(prefix, 'bin', 'python')],
    kernel: 'python3'
  });
});

test('options and environment of the spec are kept, its variables filled in; names do not mind case', () => {
  expect(findInterpreter('science', prefix, env)).toMatchObject({
    argv: ['/envs/science/bin/python', '-Xfrozen_modules=off'],
    env: { LIB: '/opt/x/lib', N: '1' }
  });
});

test('places in argv are those of jupyter_client, and a doubled dollar is one', () => {
  expect(findInterpreter('placed', prefix, env)).toMatchObject({
    argv: [join(user, 'kernels', 'placed', 'start.sh'), join(prefix, 'bin', 'python')],
    env: { COST: '$5' }
  });
});

test("a bare `python` of a spec outside any environment is that of Cellway's own, as it would be Jupyter's", () => {
  expect(findInterpreter('nearby', prefix, env)).toMatchObject({ argv: [join(prefix, 'bin', 'python')] });
  expect(findInterpreter('nearby', null, env)).toMatchObject({ argv: ['python'] });
});

test('a spec without a language that starts ipykernel is one for Python', () => {
  expect(findInterpreter('unnamed', prefix, env)).toMatchObject({ argv: ['/envs/science/bin/python'] });
});

test.each([
  ['torn', 'is not JSON'],
  ['empty', 'is not a list of texts'],
  ['folder', 'cannot be read (EISDIR)']
])('the kernel %s is refused by its file: %s', (name, why) => {
  const message = expect.stringContaining(why);
  expect(findInterpreter(name, prefix, env)).toMatchObject({ reason: { code: 'kernel-broken', message } });
});

test('a missing kernel is refused with the installed ones and how to make it', () => {
  const refusal = findInterpreter('gone', prefix, env);
  expect(refusal).toMatchObject({ kind: 'refused', reason: { code: 'kernel-missing', name: 'gone' } });
  expect(refusal).toMatchObject({
    reason: {
      message: expect.stringContaining('science'),
      fix: expect.stringContaining('ipykernel install --user --name gone')
    }
  });
});

test.each([
  ['ir', 'kernel-not-python'],
  ['script', 'kernel-opaque']
])('the kernel %s is refused: %s', (name, code) => {
  expect(findInterpreter(name, prefix, env)).toMatchObject({ reason: { code } });
});

test.each<[string, string[], string[] | null]>([
  ['a plain interpreter', ['python3.9', ...launch], ['python3.9']],
  [
    'conda run, made to pass our pipes',
    ['conda', 'run', '-n', 'e', 'python', ...launch],
    ['conda', 'run', '--no-capture-output', '-n', 'e', 'python']
  ],
  ['env in front', ['env', 'A=1', 'python', ...launch], ['env', 'A=1', 'python']],
  ['a script', ['start.sh', '{connection_file}'], null]
])('argv of %s', (_name, argv, expected) => {
  expect(interpreterArgv(argv)).toEqual(expected);
});
