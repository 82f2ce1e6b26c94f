import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signalProcess } from '../../../runs/process';
import { attached } from './attached';
import type { Exit, Launched, Launcher } from './launcher';
import { abandon } from './signed';
import { signalName, signalNumber } from './spawn';

/** `unsafe`: why forking is not safe here, null when it is. */
export interface Ready {
  readonly python: string;
  readonly threads: number;
  readonly unsafe: string | null;
}

interface Child {
  pid: number | null;
  /** It outlived the server. */
  orphan: Launched | null;
  readonly ended: (exit: Exit) => void;
}

interface Settings {
  readonly python: readonly string[];
  /** Folder that holds the Python package `cellway`. */
  readonly runtime: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly preload: readonly string[];
}

/**
 * glibc's heap in huge pages, where the system has them for the asking: a child's memory map is then made and taken down
 * in a third less time. For the server alone: steps see the environment without it.
 */
const HUGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

/** Client of `cellway.runtime.forkserver` (docs/contracts.md §2): one warm interpreter that forks a child an attempt. */
export class ForkServer implements Launcher {
  readonly how = 'fork';
  /** Null when the server ended before it was ready. */
  readonly ready: Promise<Ready | null>;
  readonly #process: ChildProcess;
  readonly #children = new Map<string, Child>();
  #tellReady: (ready: Ready | null) => void = () => undefined;
  #gone = false;

  constructor(settings: Settings) {
    const { python, runtime, environment, folder } = settings;
    const said = openSync(join(folder, 'forkserver.txt'), 'a');
    const own = Object.keys(HUGE_PAGES).some(name => name in environment) ? {} : HUGE_PAGES;
    const args = [...python.slice(1), join(runtime, 'cellway', 'runtime'), '--forkserver', ...Object.keys(own)];
    this.#process = spawn(python[0]!, args, {
      cwd: folder,
      env: { ...environment, ...own },
      detached: true,
      stdio: ['pipe', 'pipe', said]
    });
    closeSync(said);
    this.ready = new Promise(resolve => {
      this.#tellReady = resolve;
    });
    this.#process.once('error', () => this.#lost());
    this.#process.once('exit', () => this.#lost());
    // A write to a server that has just died: its exit is what tells.
    this.#process.stdin!.on('error', () => this.#lost());
    createInterface({ input: this.#process.stdout! }).on('line', line => this.#take(JSON.parse(line)));
    this.#send({ op: 'preload', modules: settings.preload });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get alive(): boolean {
    return !this.#gone;
  }

  launch(folder: string, cwd: string, env: Readonly<Record<string, string>>): Launched {
    let ended: (exit: Exit) => void = () => undefined;
    const exit = new Promise<Exit>(resolve => {
      ended = resolve;
    });
    const child: Child = { pid: null, orphan: null, ended };
    if (this.#gone) ended({ code: null, signal: 'SIGKILL' });
    else {
      this.#children.set(folder, child);
      this.#send({ op: 'start', folder, cwd, env });
    }
    const kill = (signal: NodeJS.Signals) => {
      if (!this.#children.has(folder)) return;
      if (child.orphan !== null) return child.orphan.kill(signal);
      this.#send({ op: 'kill', folder, signal: signalNumber(signal) });
      // One that hangs within its fork leads no group yet, which is what the server signals.
      if (signal === 'SIGKILL' && child.pid !== null) signalProcess(child.pid, signal);
    };
    return { exit, kill, pid: () => child.pid };
  }

  /** Ends the server; its children are ended already, or end by themselves. It kills the one without a step. */
  close(): void {
    this.#process.stdin!.end();
    this.#process.unref();
  }

  #send(message: unknown): void {
    if (!this.#gone) this.#process.stdin!.write(`${JSON.stringify(message)}\n`);
  }

  #take(
    message: {
      op: string;
      folder: string;
      pid: number;
      code: number | null;
      signal: number | string | null;
      maxrss?: number | null;
    } & Ready
  ): void {
    const child = this.#children.get(message.folder);
    switch (message.op) {
      case 'ready':
        this.#tellReady({ python: message.python, threads: message.threads, unsafe: message.unsafe ?? null });
        return;
      case 'started':
        if (child) child.pid = message.pid;
        return;
      case 'exit':
        this.#children.delete(message.folder);
        child?.ended({
          ...(message.signal !== null && message.signal !== undefined
            ? { code: null, signal: typeof message.signal === 'number' ? signalName(message.signal) : message.signal }
            : { code: message.code ?? 1, signal: null }),
          ...(message.maxrss ? { maxrss: message.maxrss } : {})
        });
        return;
    }
  }

  /** The server died. Its children run on, without a parent here; those that have not begun are given up. */
  #lost(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#tellReady(null);
    for (const [folder, child] of this.#children) {
      const signed = abandon(folder);
      if (signed === null) {
        if (child.pid !== null) signalProcess(child.pid, 'SIGKILL');
        this.#children.delete(folder);
        child.ended({ code: null, signal: 'SIGKILL' });
      } else {
        child.orphan = attached(folder, signed);
        void child.orphan.exit.then(child.ended);
      }
    }
  }
}
