import type { Reason } from '@cellway/core/api';

export type { Reason };

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: Reason;
}

export function refused(reason: Reason): Refusal {
  return { kind: 'refused', reason };
}
