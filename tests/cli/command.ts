/** Starts the real command on small notebooks in a scratch folder, and looks at what it prints and leaves. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { startTicks } from '../../server-bridge/runs/process';
import { readPlace } from '../../server-bridge/service/place';

export const ROOT = join(__dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
export const COMMAND = join(ROOT, '.venv', 'bin', 'cellway');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A code cell: its text, then its tags. */
export type Row = readonly [source: string, ...tags: string[]];

export class Scratch {
  readonly folder: string;
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;

  constructor() {
    execFileSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { stdio: 'pipe' });
    const top = mkdtempSync(join(tmpdir(), 'cellway-cli-'));
    this.folder = join(top, 'work');
    this.data = join(top, 'data');
    mkdirSync(this.folder);
    const { NO_COLOR: _, ...env } = process.env;
    const homes = { XDG_CONFIG_HOME: join(top, 'config'), XDG_CACHE_HOME: join(top, 'cache') };
    this.env = { ...env, ...homes, CELLWAY_DATA: this.data, TERM: 'xterm' };
  }

  /** Ends the bridges that commands started here, and removes all. */
  async close(): Promise<void> {
    const top = join(this.folder, '..');
    for (const name of readdirSync(top, { recursive: true, encoding: 'utf8' }))
      if (basename(name) === 'bridge.json') await endBridge(dirname(join(top, name)));
    rmSync(top, { recursive: true, force: true });
  }

  /** Writes the settings file of the user. */
  settings(toml: string): string {
    const path = join(this.env.XDG_CONFIG_HOME!, 'cellway', 'config.toml');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, toml);
    return path;
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(join(this.folder, name), content);
    return name;
  }

  /** `metadata` is the notebook's; what is in `more` replaces or adds fields of the file. */
  notebook(name: string, rows: readonly Row[], more: Readonly<Record<string, unknown>> = {}): string {
    const cells = rows.map(([source, ...tags], at) => ({
      cell_type: 'code',
      id: `c${at + 1}`,
      metadata: tags.length > 0 ? { tags } : {},
      source,
      outputs: [],
      execution_count: null
    }));
    const metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } };
    return this.write(name, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells, ...more }));
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    return spawn(COMMAND, args, { cwd: this.folder, env: { ...this.env, ...env } });
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return ended(this.start(args, env));
  }

  /** In a terminal of 80 × 24; each of `keys` is typed when what it waits for has been printed since the last one. */
  async terminal(
    args: readonly string[],
    keys: readonly { readonly after: string; readonly type: string }[] = []
  ): Promise<Ended> {
    const helper = join(__dirname, 'terminal.py');
    const child = spawn(PYTHON, [helper, JSON.stringify(keys), COMMAND, ...args], {
      cwd: this.folder,
      env: this.env
    });
    return ended(child);
  }

  /** Folders of the runs, oldest first. */
  runs(): readonly string[] {
    const folder = join(this.data, 'runs');
    return readdirSync(folder)
      .sort()
      .map(id => join(folder, id));
  }

  lastLog(step: string): string {
    return readFileSync(join(this.runs().at(-1)!, 'steps', step, 'attempt-1', 'log.txt'), 'utf8');
  }

  /** Command lines of processes that belong to this scratch folder's runs; the bridge stays. */
  processes(): readonly string[] {
    const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    return list.split('\n').filter(line => line.includes(this.data) && !line.includes(' serve '));
  }
}

/** Ends the bridge of a data folder, if there is one, as the system does. */
export async function endBridge(data: string): Promise<void> {
  const place = readPlace(data);
  if (place === null || startTicks(place.pid) !== place.started) return;
  process.kill(place.pid, 'SIGTERM');
  while (readPlace(data) !== null && startTicks(place.pid) === place.started)
    await new Promise(resolve => setTimeout(resolve, 20));
}

export function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', text => (said.stdout += text));
  child.stderr!.setEncoding('utf8').on('data', text => (said.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, ...said }));
  });
}
