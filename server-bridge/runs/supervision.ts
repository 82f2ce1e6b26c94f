import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { keptEnvironment } from './environment';
import { paths, type Run, writeAtomically } from './folder';
import { isFinal } from './event';
import { readEvents } from './log';
import { errno } from './errno';

/** Clock ticks since boot at which a process started: with the pid it names one process for good. Linux only. */
export function startTicks(pid: number): number | null {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return null;
  try {
    const stat = readFileSync(path, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch (error) {
    // It ended between the two looks.
    if (errno(error) === 'ENOENT' || errno(error) === 'ESRCH') return null;
    throw error;
  }
}

/** Sends a signal to a process (a group: negative). False when there is none any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errno(error) === 'ESRCH') return false;
    if (errno(error) === 'EPERM') return true;
    throw error;
  }
}

interface SupervisorFile {
  readonly pid: number;
  readonly started: number | null;
}

/** The process that supervises a run signs in the run's folder. */
export function signIn(folder: string, pid: number = process.pid): void {
  const file: SupervisorFile = { pid, started: startTicks(pid) };
  writeAtomically(paths.supervisor(folder), JSON.stringify(file));
}

function supervisorFile(folder: string): SupervisorFile | null {
  const path = paths.supervisor(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as SupervisorFile) : null;
}

export type SupervisorState = 'not-started' | 'alive' | 'dead';

export function supervisorState(folder: string): SupervisorState {
  const file = supervisorFile(folder);
  if (file === null) return 'not-started';
  if (!signalProcess(file.pid, 0)) return 'dead';
  return file.started === null || file.started === startTicks(file.pid) ? 'alive' : 'dead';
}

/**
 * Starts the run's supervisor as a process of its own, which outlives the caller. `command` is what runs
 * `supervise RUN_FOLDER`: this program by default.
 */
export function startSupervisor(
  run: Run,
  command: readonly string[] = [process.execPath, ...process.execArgv, process.argv[1]!, 'supervise']
): number {
  const log = openSync(paths.supervisorLog(run.folder), 'a');
  try {
    const child = spawn(command[0]!, [...command.slice(1), run.folder], {
      detached: true,
      stdio: ['ignore', log, log],
      cwd: run.folder,
      env: keptEnvironment(run.folder)
    });
    if (child.pid === undefined) throw new Error(`cannot start ${command[0]}`);
    // Signed here already, so that one which dies at once is noticed too.
    signIn(run.folder, child.pid);
    child.unref();
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** Asks the supervisor to stop the run; true when there was one to ask. The run's final event says when it has ended. */
export function cancelRun(run: Run): boolean {
  if (readEvents(paths.events(run.folder)).some(isFinal) || supervisorState(run.folder) !== 'alive') return false;
  return signalProcess(supervisorFile(run.folder)!.pid, 'SIGINT');
}
