import type { Settings } from '../../settings';
import type { Policy } from './choice';

/** Seconds for which what was just made or used stays: whoever made it may go on with it. */
const GRACE = 600;

/** What the settings say of results that no run shows. */
export function policyOf({ budget, age }: Settings['cache']): Policy {
  return { budget, age, grace: GRACE };
}
