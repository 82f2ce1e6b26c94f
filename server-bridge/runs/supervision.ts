import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { keptEnvironment } from './environment';
import { isFinal } from './event';
import { paths, type Run, writeAtomically } from './folder';
import { readEvents } from './log';
import { lives, type ProcessName, signalProcess, startTicks } from './process';

/** The process that supervises a run signs in the run's folder. */
export function signIn(folder: string, pid: number = process.pid): void {
  const file: ProcessName = { pid, started: startTicks(pid) };
  writeAtomically(paths.supervisor(folder), JSON.stringify(file));
}

function supervisorFile(folder: string): ProcessName | null {
  const path = paths.supervisor(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ProcessName) : null;
}

export type SupervisorState = 'not-started' | 'alive' | 'dead';

export function supervisorState(folder: string): SupervisorState {
  const file = supervisorFile(folder);
  if (file === null) return 'not-started';
  return lives(file) ? 'alive' : 'dead';
}

/** What runs `supervise RUN_FOLDER`: this program. */
export const ownSupervise = (): readonly string[] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1]!,
  'supervise'
];

/** A supervisor as a process of its own, which outlives the caller. Of several for one run all but one end at once. */
export function spawnSupervisor(run: Run, command: readonly string[] = ownSupervise()): ChildProcess {
  const log = openSync(paths.supervisorLog(run.folder), 'a');
  try {
    const child = spawn(command[0]!, [...command.slice(1), run.folder], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: run.folder,
      env: keptEnvironment(run.folder)
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Starts a new run's supervisor. */
export function startSupervisor(run: Run, command?: readonly string[]): number {
  const child = spawnSupervisor(run, command);
  if (child.pid === undefined) throw new Error(`cannot start ${child.spawnfile}`);
  // Signed here already, so that one which dies at once is noticed too.
  signIn(run.folder, child.pid);
  return child.pid;
}

/** Whether somebody has asked the run to stop: it holds for whoever supervises it, now or later. */
export function isCancelled(folder: string): boolean {
  return existsSync(paths.cancel(folder));
}

/** Asks the run to stop; false when it has ended. The run's final event says when it has. */
export function cancelRun(run: Run): boolean {
  if (readEvents(paths.events(run.folder)).some(isFinal)) return false;
  // First the wish, then the signal: a supervisor that dies in between leaves it to the one that adopts the run.
  writeFileSync(paths.cancel(run.folder), '');
  const supervisor = supervisorFile(run.folder);
  if (supervisor !== null && lives(supervisor)) signalProcess(supervisor.pid, 'SIGINT');
  return true;
}
