/** Which cached results go. Pure: the look at the store and the disk is elsewhere. */

/** How much is kept of what no run shows. */
export interface Policy {
  /** Bytes together; null: as many as there are. */
  readonly budget: number | null;
  /** Days since a result was made or last stood for a step; null: for ever. */
  readonly age: number | null;
  /** Seconds for which what was just made or used stays in any case. */
  readonly grace: number;
}

/** A result that no run shows. Times in seconds since the epoch. */
export interface Candidate {
  readonly execution: string;
  readonly bytes: number;
  /** When it was made or last stood for a step, whichever is later. */
  readonly last: number;
  /** Never goes, and does not count. */
  readonly pinned: boolean;
  /** A run under way reads it: it does not go, and counts. */
  readonly read: boolean;
}

const DAY = 86_400;

/**
 * What goes, the longest unused first: all that is older than the age, then as much as brings the rest within the budget.
 * O(n log n).
 */
export function chosen<C extends Candidate>(candidates: readonly C[], policy: Policy, now: number): readonly C[] {
  const { budget, age, grace } = policy;
  const counted = candidates.filter(one => !one.pinned);
  const removable = counted
    .filter(one => !one.read && one.last <= now - grace)
    .sort((a, b) => a.last - b.last || (a.execution < b.execution ? -1 : 1));
  let left = counted.reduce((sum, one) => sum + one.bytes, 0);
  const gone: C[] = [];
  for (const one of removable) {
    const old = age !== null && one.last < now - age * DAY;
    if (!old && (budget === null || left <= budget)) break;
    gone.push(one);
    left -= one.bytes;
  }
  return gone;
}
