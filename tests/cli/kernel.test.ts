import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const kernel = (name: string) => ({ metadata: { kernelspec: { name } } });

test('a kernel that is not installed: graph and check work, run is refused with the way out', async () => {
  const path = scratch.notebook('gone.ipynb', [['a = 1', 'step:a']], kernel('gone-kernel'));
  expect(await scratch.run(['graph', path])).toMatchObject({ code: 0, stderr: '' });
  expect(await scratch.run(['check', path])).toMatchObject({
    ...{ code: 0, stderr: '' },
    stdout: expect.stringMatching(
      /^gone\.ipynb warning kernel-missing .*install --user --name gone-kernel.*\n1 warning\n$/
    )
  });
  const { code, stderr } = await scratch.run(['run', path]);
  expect(code).toBe(3);
  expect(stderr).toMatch(/wants the kernel 'gone-kernel', which is not installed\. Installed: .*python3/);
  expect(stderr).toContain('python -m ipykernel install --user --name gone-kernel');
});

describe('kernels of all kinds', () => {
  const launch = ['-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const own = join(__dirname, '..', '..', '.venv', 'bin', 'python');
  let jupyter: string;

  function install(name: string, spec: Readonly<Record<string, unknown>> | string): string {
    mkdirSync(join(jupyter, 'kernels', name), { recursive: true });
    const text = typeof spec === 'string' ? spec : JSON.stringify({ display_name: name, language: 'python', ...spec });
    writeFileSync(join(jupyter, 'kernels', name, 'kernel.json'), text);
    const cell = 'import os, sys\nprint(sys.prefix, os.environ.get("SPEC"), os.environ.get("WRAPPER"))';
    return scratch.notebook(`${name}.ipynb`, [[cell, 'step:a']], kernel(name));
  }

  function script(name: string, text: string): string {
    const path = join(scratch.folder, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return path;
  }

  beforeAll(() => {
    jupyter = join(scratch.folder, 'kinds');
  });

  test.each<[string, () => Readonly<Record<string, unknown>>, string]>([
    ['env', () => ({ argv: [own, ...launch], env: { SPEC: ['$', '{ASKED}/x'].join('') } }), 'asked/x None'],
    [
      'wrapper',
      () => ({ argv: [script('wrap.sh', 'WRAPPER=yes exec "$@"'), own, ...launch], env: { SPEC: 'a' } }),
      'a yes'
    ],
    ['program', () => ({ argv: [script('python.sh', `WRAPPER=yes exec ${own} "$@"`), ...launch] }), 'None yes']
  ])('one with a %s runs with it', async (name, spec, shown) => {
    const path = install(name, spec());
    const env = { JUPYTER_PATH: jupyter, ASKED: 'asked' };
    expect(await scratch.run(['check', path], env)).toMatchObject({ code: 0, stdout: 'Nothing to remark.\n' });
    expect(await scratch.run(['run', path], env)).toMatchObject({ code: 0 });
    expect(scratch.lastLog('a')).toBe(`${join(own, '..', '..')} ${shown}\n`);
    expect(await scratch.run(['verify', path], env)).toMatchObject({ code: 0 });
  });

  test.each<[string, () => Readonly<Record<string, unknown>> | string, string, RegExp]>([
    [
      'gone',
      () => ({ argv: ['/gone/bin/python', ...launch] }),
      'kernel-gone',
      /starts \/gone\/bin\/python, which is gone/
    ],
    ['unfound', () => ({ argv: ['no-python-of-mine', ...launch] }), 'kernel-gone', /which is not on the PATH/],
    [
      'empty-wrapper',
      () => ({ argv: ['/usr/bin/env', '/gone/python', ...launch] }),
      'kernel-silent',
      /starts no Python: \/usr\/bin\/env \/gone\/python said '.*No such file/
    ],
    [
      'old',
      () => ({ argv: [script('old.sh', 'echo 3.8'), ...launch] }),
      'kernel-old',
      /runs Python 3\.8; Cellway needs 3\.9 or newer.*in an environment with Python 3\.9 or newer/s
    ],
    ['torn', () => '{"argv": [', 'kernel-broken', /kernels\/my-torn\/kernel\.json is not JSON/],
    [
      'r',
      () => ({ argv: ['R', '--slave'], language: 'R' }),
      'kernel-not-python',
      /runs r; Cellway runs Python notebooks/
    ]
  ])('%s: check warns, run and verify refuse, doctor tells', async (name, spec, code, message) => {
    const path = install(`my-${name}`, spec());
    const env = { JUPYTER_PATH: jupyter, XDG_CACHE_HOME: join(scratch.folder, 'cache') };
    const [checked, ran, verified, told] = await Promise.all(
      [['check', path], ['run', path], ['verify', path], ['doctor']].map(args => scratch.run(args, env))
    );
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining(`${path} warning ${code} `) });
    expect([ran!.code, verified!.code]).toEqual([3, 3]);
    for (const said of [checked!.stdout, ran!.stderr, verified!.stderr]) expect(said).toMatch(message);
    if (name !== 'r') {
      expect(told!.stdout).toMatch(
        new RegExp(`○ kernel my-${name} .*\\n +→ Run 'python -m ipykernel install --user --name my-${name}'`)
      );
    }
  });
});

test("the analysis is for the kernel's own Python, which is asked once", async () => {
  const jupyter = join(scratch.folder, 'jupyter');
  const program = join(scratch.folder, 'python-of-the-future');
  const asked = join(scratch.folder, 'asked');
  writeFileSync(program, `#!/bin/sh\necho x >> "${asked}"\necho 3.14\n`);
  chmodSync(program, 0o755);
  mkdirSync(join(jupyter, 'kernels', 'future'), { recursive: true });
  const argv = [program, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  const spec = { argv, display_name: 'Future', language: 'python' };
  writeFileSync(join(jupyter, 'kernels', 'future', 'kernel.json'), JSON.stringify(spec));
  const env = { JUPYTER_PATH: jupyter, XDG_CACHE_HOME: join(scratch.folder, 'cache') };
  // Before 3.14 a plain annotation is a read.
  const rows = [
    ['T = int', 'step:a'],
    ['x: T = 1', 'step:b']
  ] as const;
  const now = scratch.notebook('now.ipynb', rows);
  const future = scratch.notebook('future.ipynb', rows, kernel('future'));
  const edges = async (path: string) =>
    (JSON.parse((await scratch.run(['graph', path, '--json'], env)).stdout) as { edges: unknown[] }).edges;
  expect(await edges(now)).toHaveLength(1);
  expect(await edges(future)).toHaveLength(0);
  expect(await edges(future)).toHaveLength(0);
  expect(readFileSync(asked, 'utf8')).toBe('x\n');
});

test('what `from module import *` binds is read from the module beside the notebook', async () => {
  scratch.write('mine.py', 'import math\nSCALE = 3\ndef scaled(x): return x * SCALE\n_hidden = 1\n');
  const path = scratch.notebook('star.ipynb', [
    ['other = 5', 'step:a'],
    ['from mine import *', 'step:b'],
    ['print(scaled(other), math.pi > 3)', 'step:c']
  ]);
  const graph = JSON.parse((await scratch.run(['graph', path, '--json'])).stdout);
  expect(graph.steps[2]).toMatchObject({ needs: ['a'], inputs: [{ name: 'other', from: 'a' }] });
  expect(await scratch.run(['run', path])).toMatchObject({ code: 0 });
  expect(scratch.lastLog('c')).toBe('15 True\n');
});
