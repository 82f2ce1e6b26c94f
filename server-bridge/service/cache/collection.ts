import { existsSync } from 'node:fs';
import type { Collected } from '@cellway/core/api';
import { readByOpenRuns } from '../../runs/held';
import type { Store } from '../../store';
import { isLeft, removeLeft } from '../removal';
import { type Candidate, chosen, type Policy } from './choice';
import { removeLeftovers } from './leftovers';

interface Held extends Candidate {
  readonly folder: string;
  readonly used: number | null;
}

/**
 * Removes cached results that no run shows, as the policy has it. What a run under way reads stays: it says so in its own
 * folder and then claims it in the store. So here the store is looked at first, then the runs' folders, and a result is
 * only released if nobody has claimed it since. `now` in seconds since the epoch.
 */
export async function collect(data: string, store: Store, policy: Policy, now: number): Promise<Collected> {
  const unshown = store.cache.unshown();
  const read = await readByOpenRuns(data, ids => store.lists.ended(ids));
  // A run shows its own results, also those that the store has not learned of yet.
  const left = unshown.filter(one => isLeft(data, one.folder));
  const candidates = left
    .filter(one => existsSync(one.folder))
    .map((one): Held => ({ ...one, last: Math.max(one.created, one.used ?? 0), read: read.has(one.folder) }));
  const removed: Held[] = [];
  for (const one of chosen(candidates, policy, now)) {
    if (!store.cache.release(one.execution, one.used)) continue;
    await removeLeft(data, one.folder);
    removed.push(one);
  }
  // Of results whose files somebody has removed only the entries are left.
  for (const { execution, folder, used } of left) if (!existsSync(folder)) store.cache.release(execution, used);
  return {
    removed: amountOf(removed),
    kept: amountOf(candidates.filter(one => !removed.includes(one))),
    leftovers: await removeLeftovers(data, store, read)
  };
}

function amountOf(all: readonly Candidate[]): Collected['removed'] {
  return { entries: all.length, bytes: all.reduce((sum, one) => sum + one.bytes, 0) };
}
