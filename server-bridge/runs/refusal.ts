import type { Reason } from '@cellway/core/api';

export type { Reason };

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: Reason;
  /** Of `upstream-missing`: the steps without a result that holds now, why, and which of their values are needed. */
  readonly missing?: readonly {
    readonly step: string;
    readonly why: readonly string[];
    readonly names: readonly string[];
  }[];
}

export function refused(reason: Reason): Refusal {
  return { kind: 'refused', reason };
}
