import { existsSync } from 'node:fs';
import type { Collected } from '@cellway/core/api';
import { readByOpenRuns } from '../../runs/held';
import { inTurns } from '../../runs/turns';
import type { Store } from '../../store';
import { isLeft, removeLeft } from '../removal';
import { type Candidate, chosen, type Policy } from './choice';
import { removeLeftovers } from './leftovers';

/** Entries that are looked at in one turn. */
const AT_ONCE = 200;

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
  const candidates: Held[] = [];
  for await (const some of inTurns(unshown, AT_ONCE))
    for (const one of some) {
      // A run shows its own results, also those that the store has not learned of yet.
      if (!isLeft(data, one.folder)) continue;
      if (existsSync(one.folder))
        candidates.push({ ...one, last: Math.max(one.created, one.used ?? 0), read: read.has(one.folder) });
      // Somebody has removed its files.
      else store.cache.release(one.execution, one.used);
    }
  const removed = new Set<Held>();
  for (const one of chosen(candidates, policy, now)) {
    if (!store.cache.release(one.execution, one.used)) continue;
    await removeLeft(data, one.folder);
    removed.add(one);
  }
  return {
    removed: amountOf([...removed]),
    kept: amountOf(candidates.filter(one => !removed.has(one))),
    leftovers: await removeLeftovers(data, store, read)
  };
}

function amountOf(all: readonly Candidate[]): Collected['removed'] {
  return { entries: all.length, bytes: all.reduce((sum, one) => sum + one.bytes, 0) };
}
