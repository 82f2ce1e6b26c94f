import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInterpreter, interpreterArgv } from './kernelspec';

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
