import type { Step } from '@cellway/core/api';
import { type Refusal, refused } from '../../runs/refusal';

/** A result of an earlier run that a run is to start from is not there any more. `damage`: in words, of the result. */
export function upstreamGone(node: Step, damage: string): Refusal {
  return refused({
    code: 'upstream-missing',
    message: `What step ${node.name} left earlier cannot be taken: ${damage}.`,
    step: node.name,
    fix: 'Run the notebook as a whole once.'
  });
}
