/** Another Cellway than this one, in a virtual environment of its own: built from these sources with some of them changed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, ended, ROOT } from '../cli/command';

/** What is replaced in a source: each of them has to be there. */
export type Edits = Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;

const SOURCES = ['core', 'server-bridge', 'cellway', 'scripts', 'package.json', 'tsconfig.json'];

export const versioned = (version: string): Edits => ({
  'server-bridge/cli/help.ts': [["VERSION = '0.1.0'", `VERSION = '${version}'`]]
});

/** One migration more: the store's version is higher by one. */
export const newerStore: Edits = {
  'server-bridge/store/migrations.ts': [['\n];\n', ",\n  'CREATE TABLE later (what TEXT) STRICT'\n];\n"]]
};

/** One that does not answer where this one is asked. */
export const otherApi: Edits = {
  'core/api/http/operations/index.ts': [["'/api/v1'", "'/api/v2'"]]
};

export class Installation {
  readonly #command: string;
  readonly python: string;

  constructor(
    folder: string,
    private readonly env: NodeJS.ProcessEnv,
    ...edits: readonly Edits[]
  ) {
    const root = join(folder, 'package');
    mkdirSync(root, { recursive: true });
    for (const name of SOURCES)
      cpSync(join(ROOT, name), join(root, name), {
        recursive: true,
        filter: path => !/\/(bridge\/chunks|__pycache__)$/.test(path)
      });
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    symlinkSync(join(ROOT, 'examples'), join(root, 'examples'));
    for (const [path, replaced] of edits.flatMap(one => Object.entries(one))) edit(join(root, path), replaced);
    execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--force'], { stdio: 'pipe' });

    const base = join(ROOT, '.venv');
    const venv = join(folder, 'venv');
    execFileSync(join(base, 'bin', 'python'), ['-m', 'venv', '--without-pip', venv]);
    this.python = join(venv, 'bin', 'python');
    // This Cellway first, then what the other environment has: kernels, Node.
    const lib = (of: string) => join(of, 'lib', readdirSync(join(of, 'lib'))[0]!, 'site-packages');
    writeFileSync(join(lib(venv), 'cellway.pth'), `${root}\n${lib(base)}\n`);
    this.#command = join(venv, 'bin', 'cellway');
    writeFileSync(this.#command, `#!${this.python}\nimport sys\nfrom cellway.command import main\nsys.exit(main())\n`);
    chmodSync(this.#command, 0o755);
  }

  start(args: readonly string[], cwd: string): ChildProcess {
    return spawn(this.#command, args, { cwd, env: this.env });
  }

  run(args: readonly string[], cwd: string): Promise<Ended> {
    return ended(this.start(args, cwd));
  }
}

function edit(path: string, replaced: Edits[string]): void {
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of replaced) {
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(path, text);
}
