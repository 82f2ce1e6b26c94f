import { join } from 'node:path';
import { type Lock, takeLock } from '../runs/lock';

/** The right to be a data folder's bridge; null when another process has it. */
export function takeLead(data: string): Lock | null {
  return takeLock(join(data, 'bridge.lock'));
}
