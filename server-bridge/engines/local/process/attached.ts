import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lives, signalProcess } from '../../../runs/process';
import type { Exit, Launched } from './launcher';
import { signalName } from './spawn';
import type { Signed } from './signed';

/** Milliseconds between two looks at a process that is nobody's child here. */
const LOOK = 40;
/** Looks after its end at which a fork server may still write how it ended. */
const LATE = 12;

/** How an attempt's process ended, as its fork server or engine wrote it; null when nobody did. */
function writtenExit(folder: string): Exit | null {
  const path = join(folder, 'exit.json');
  if (!existsSync(path)) return null;
  const { code, signal, maxrss } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly code: number | null;
    readonly signal: number | string | null;
    readonly maxrss: number | null;
  };
  const size = maxrss === null ? {} : { maxrss };
  if (signal === null) return { code: code ?? 1, signal: null, ...size };
  return { code: null, signal: typeof signal === 'number' ? signalName(signal) : signal, ...size };
}

/**
 * An attempt that another process started, which is gone: it runs on, or has ended meanwhile. Its end is looked for, as
 * the system tells it to a parent only.
 */
export function attached(folder: string, signed: Signed): Launched {
  const exit = new Promise<Exit>(resolve => {
    let late = LATE;
    const look = () => {
      const written = writtenExit(folder);
      if (written !== null) return resolve(written);
      if (!lives(signed)) {
        if (existsSync(join(folder, 'report.json'))) return resolve({ code: 0, signal: null });
        if (late-- === 0) return resolve({ code: null, signal: 'unknown' });
      }
      setTimeout(look, LOOK);
    };
    look();
  });
  return {
    exit,
    kill: signal => void (lives(signed) && signalProcess(-signed.group, signal)),
    pid: () => signed.pid
  };
}
