import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { StepError } from '../../runs/event';
import type { AttemptEnd } from './attempt';
import { kernelKills } from './out-of-memory';

/** Exit codes of docs/contracts.md. */
const BROKEN = 2;
export const FULL = 5;

type Settings = Step['settings'];

function lastWords(folder: string): readonly string[] {
  const path = join(folder, 'interpreter.txt');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-20) : [];
}

function sized(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}

/** What a failed attempt's error is: the cell's own, or how its process ended when it could not say. */
export function errorOf(end: AttemptEnd, folder: string, settings: Settings): StepError {
  const { report, exit } = end;
  if (end.interrupted === 'timeout')
    return {
      code: 'timeout',
      ename: 'Timeout',
      evalue: `The step ran longer than its timeout of ${settings.timeout} s.`,
      traceback: []
    };
  if (report?.error) {
    const { ename, evalue, cell, index, line, traceback } = report.error;
    const limited = settings.memory !== undefined && ename.endsWith('MemoryError');
    return {
      code: limited ? 'memory' : 'raised',
      ename,
      evalue: limited ? `${evalue === '' ? '' : `${evalue}. `}${limit(settings.memory, report.maxrss)}` : evalue,
      ...(cell ? { cell } : {}),
      ...(index ? { index } : {}),
      ...(line ? { line } : {}),
      traceback
    };
  }
  if (exit.code === FULL)
    return {
      code: 'disk-full',
      ename: 'DiskFull',
      evalue: 'There was no room on the disk for what the step leaves.',
      traceback: lastWords(folder)
    };
  if (exit.code === BROKEN)
    return {
      code: 'broken-contract',
      ename: 'BrokenContract',
      evalue: lastWords(folder).at(-1) ?? 'The step runtime could not read the step.',
      traceback: lastWords(folder)
    };
  const starved = wasStarved(end);
  return {
    code: starved ? 'memory' : 'died',
    ename: 'ProcessDied',
    evalue: `The step's process ${lastDeed(end, starved)} before its cells were done.${
      settings.memory !== undefined && exit.code === null ? ` ${limit(settings.memory, exit.maxrss)}` : ''
    }`,
    traceback: lastWords(folder)
  };
}

function limit(most: number, taken: number | null | undefined): string {
  const had = taken === null || taken === undefined ? '' : `; it had taken ${sized(taken)}`;
  return `The step may take ${sized(most)} of memory (\`memory\` in its settings, else \`steps.memory\` in yours)${had}.`;
}

/** The kernel killed a process for want of memory while this one ran, and this one was killed. */
function wasStarved({ exit, kernelKills: before }: AttemptEnd): boolean {
  const now = kernelKills();
  return exit.signal === 'SIGKILL' && before !== null && now !== null && now > before;
}

const crashes = new Set(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT']);

function lastDeed({ exit, kernelKills: counted }: AttemptEnd, starved: boolean): string {
  const had = exit.maxrss === undefined ? '' : `, when it had taken ${sized(exit.maxrss)} of memory`;
  if (exit.signal === null) return `ended itself with exit code ${exit.code}`;
  if (exit.signal === 'unknown') return 'is gone (nobody watched it at that moment)';
  if (starved) return `was killed by the system for want of memory${had} (SIGKILL)`;
  if (exit.signal === 'SIGKILL')
    return counted === null
      ? `was killed by the system${had} (SIGKILL; most often there was not enough memory)`
      : `was killed from outside${had} (SIGKILL; not by the system for want of memory)`;
  if (crashes.has(exit.signal)) return `crashed in code that is not Python (${exit.signal})`;
  return `was ended from outside (${exit.signal})`;
}
