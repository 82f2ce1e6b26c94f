import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepError } from '../../runs/event';
import type { AttemptEnd } from './attempt';

function lastWords(folder: string): readonly string[] {
  const path = join(folder, 'interpreter.txt');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20) : [];
}

/** What a failed attempt's error is: the cell's own, or how its process ended when it could not say. */
export function errorOf(end: AttemptEnd, folder: string, timeout: number | undefined): StepError {
  const { report, exit } = end;
  if (end.interrupted === 'timeout')
    return {
      code: 'timeout',
      ename: 'Timeout',
      evalue: `The step ran longer than its timeout of ${timeout} s.`,
      traceback: []
    };
  if (report?.error) {
    const { ename, evalue, cell, index, line, traceback } = report.error;
    return {
      code: 'raised',
      ename,
      evalue,
      ...(cell ? { cell } : {}),
      ...(index ? { index } : {}),
      ...(line ? { line } : {}),
      traceback
    };
  }
  if (exit.code === 2)
    return {
      code: 'broken-contract',
      ename: 'BrokenContract',
      evalue: lastWords(folder).at(-1) ?? 'The step runtime could not read the step.',
      traceback: lastWords(folder)
    };
  return {
    code: 'died',
    ename: 'ProcessDied',
    evalue: `The step's process ${lastDeed(end)} before its cells were done.`,
    traceback: lastWords(folder)
  };
}

const crashes = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT']);

/** In plain words; a kill that nobody here sent is most often the kernel's, for want of memory. */
function lastDeed({ exit }: AttemptEnd): string {
  const size = exit.maxrss === undefined ? null : (exit.maxrss / 2 ** 30).toFixed(1);
  if (exit.signal === null) return `ended itself with exit code ${exit.code}`;
  if (exit.signal === 'unknown') return `is gone (nobody watched it at that moment)`;
  if (exit.signal === 'SIGKILL')
    return `was killed by the system${size === null ? '' : `, when it had taken ${size} GB of memory`} (SIGKILL; most often there was not enough memory)`;
  if (crashes.has(exit.signal)) return `crashed in code that is not Python (${exit.signal})`;
  return `was ended from outside (${exit.signal})`;
}
