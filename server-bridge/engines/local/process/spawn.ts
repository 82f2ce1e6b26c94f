import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { writeAtomically } from '../../../runs/folder';
import { signalProcess } from '../../../runs/process';
import type { Exit, Launched, Launcher } from './launcher';

/** A fresh interpreter an attempt: slower than a fork, safe everywhere. `python`: argv that starts it. */
export function spawnLauncher(python: readonly string[], runtime: string, environment: NodeJS.ProcessEnv): Launcher {
  const launch = (folder: string, cwd: string, env: Readonly<Record<string, string>>): Launched => {
    // What the interpreter says before the runtime captures (or when it cannot start).
    const said = openSync(join(folder, 'interpreter.txt'), 'a');
    const child = spawn(python[0]!, [...python.slice(1), join(runtime, 'cellway', 'runtime'), folder], {
      cwd,
      env: { ...environment, ...env },
      detached: true,
      stdio: ['ignore', said, said]
    });
    closeSync(said);
    const { pid } = child;
    const exit = new Promise<Exit>(resolve => {
      const end = (result: Exit) => {
        writeAtomically(
          join(folder, 'exit.json'),
          JSON.stringify({ ...result, ended: Date.now() / 1000, maxrss: null })
        );
        resolve(result);
      };
      child.once('error', error => {
        writeFileSync(join(folder, 'interpreter.txt'), `${error.message}\n`, { flag: 'a' });
        if (pid === undefined) end({ code: 127, signal: null });
      });
      child.once('exit', (code, signal) =>
        end(code !== null ? { code, signal: null } : { code: null, signal: signal ?? 'SIGKILL' })
      );
    });
    return { exit, pid: () => pid ?? null, kill: signal => void (pid !== undefined && signalProcess(-pid, signal)) };
  };
  return { how: 'spawn', launch };
}

export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
