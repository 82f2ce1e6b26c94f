/** Processes by what names one for good: its id, and when it started. */
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { errno } from './errno';

export interface ProcessName {
  readonly pid: number;
  /** Clock ticks since boot at which it started; null where that cannot be told. */
  readonly started: number | null;
}

/** State letter and start of a process, by `/proc`; null when there is none. */
function look(pid: number): { readonly state: string; readonly started: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, started: Number(fields[19]) };
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ESRCH') return null;
    throw error;
  }
}

/** The namespace in which ids of processes mean something to this one (a container has its own); null where not told. */
export function idNamespace(): string | null {
  return existsSync('/proc/self/ns/pid') ? readlinkSync('/proc/self/ns/pid') : null;
}

/** Clock ticks since boot at which a process started: with the pid it names one process for good. Linux only. */
export function startTicks(pid: number): number | null {
  return look(pid)?.started ?? null;
}

/**
 * Whether the process still runs. One that has ended and that nobody has waited for yet (a zombie: for ever, in a
 * container whose first process does not) does not.
 */
export function lives({ pid, started }: ProcessName): boolean {
  if (!existsSync('/proc/self/stat')) return signalProcess(pid, 0);
  const found = look(pid);
  return found !== null && !['Z', 'X'].includes(found.state) && (started === null || started === found.started);
}

const TICKS_A_SECOND = 100;

/** Seconds for which a process has run, by a clock that nobody sets; 0 where that cannot be told. */
export function age({ started }: ProcessName): number {
  if (started === null || !existsSync('/proc/uptime')) return 0;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Math.max(0, uptime - started / TICKS_A_SECOND);
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
