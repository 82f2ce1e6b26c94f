/** Where a bridge of a data folder is found, and by whom: a file that only its owner can read. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { idNamespace, startTicks } from '../runs/process';

export interface Place {
  readonly pid: number;
  /** Clock ticks since boot at which it started; null where that is not known. */
  readonly started: number | null;
  /** Namespace of `pid`; null where that is not known. */
  readonly namespace: string | null;
  readonly address:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string };
  readonly token: string;
  readonly cellway: string;
  readonly api: number;
  readonly store: number;
}

export const placePath = (data: string): string => join(data, 'bridge.json');

export function announce(data: string, place: Omit<Place, 'pid' | 'started' | 'namespace'>): void {
  const path = placePath(data);
  const temporary = `${path}.${process.pid}.tmp`;
  const own = { pid: process.pid, started: startTicks(process.pid), namespace: idNamespace() };
  const whole: Place = { ...own, ...place };
  rmSync(temporary, { force: true });
  writeFileSync(temporary, JSON.stringify(whole), { mode: 0o600, flag: 'wx' });
  renameSync(temporary, path);
}

/** Whether the process that is announced is one whose id means something here. */
export const isNear = (place: Place): boolean => place.namespace === idNamespace();

/** Takes the announcement back, if it is still this process's. */
export function withdraw(data: string): void {
  if (readPlace(data)?.pid === process.pid) rmSync(placePath(data), { force: true });
}

/** What is announced; whoever wrote it may be gone. */
export function readPlace(data: string): Place | null {
  const path = placePath(data);
  if (!existsSync(path)) return null;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Place;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
