import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../../runs/errno';
import type { ProcessName } from '../../../runs/process';

/** Who runs an attempt. `group`: its process group, which signals go to. */
export interface Signed extends ProcessName {
  readonly group: number;
}

const signature = (folder: string): string => join(folder, 'pid.json');

/** Null: nobody has begun. `abandoned`: nobody will, the engine has given the attempt up. */
export function signedBy(folder: string): Signed | 'abandoned' | null {
  const path = signature(folder);
  if (!existsSync(path)) return null;
  const read = JSON.parse(readFileSync(path, 'utf8')) as
    | (ProcessName & { readonly group?: number })
    | { abandoned: true };
  return 'abandoned' in read ? 'abandoned' : { ...read, group: read.group ?? read.pid };
}

/**
 * Gives up an attempt that was asked for and has not begun: whoever comes to run it later finds this and ends. Null then;
 * else who has begun it. Both sides make the same file, which only one of them can.
 */
export function abandon(folder: string): Signed | null {
  const path = signature(folder);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify({ abandoned: true }));
  try {
    linkSync(temporary, path);
    return null;
  } catch (error) {
    if (errno(error) !== 'EEXIST') throw error;
    const signed = signedBy(folder);
    return signed === 'abandoned' ? null : signed;
  } finally {
    rmSync(temporary, { force: true });
  }
}
