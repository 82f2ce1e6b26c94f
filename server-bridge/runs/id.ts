import { randomBytes } from 'node:crypto';

/** Sorts by time of creation: `r-<9 characters of time>-<6 random>`; unique on all machines for practical purposes. */
export function runId(now: number = Date.now(), random: Uint8Array = randomBytes(4)): string {
  const time = now.toString(36).padStart(9, '0');
  const tail = Buffer.from(random).readUInt32BE(0).toString(36).padStart(7, '0').slice(-6);
  return `r-${time}-${tail}`;
}
