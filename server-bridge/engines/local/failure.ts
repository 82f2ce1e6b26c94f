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
  const how = exit.signal === null ? `exit code ${exit.code}` : exit.signal;
  const memory = exit.signal === 'SIGKILL' ? ' The system may have run out of memory.' : '';
  return {
    code: 'died',
    ename: 'ProcessDied',
    evalue: `The step's process ended with ${how} before its cells were done.${memory}`,
    traceback: lastWords(folder)
  };
}
