/** Why something was not done, or was stopped. `code` is stable; `cell` is the notebook's index of the code cell. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly step?: string;
  readonly cell?: number;
  readonly line?: number;
  readonly name?: string;
  /** What the user can do about it. */
  readonly fix?: string;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: Reason;
}

export function refused(reason: Reason): Refusal {
  return { kind: 'refused', reason };
}
