import type { Json } from '@cellway/core/api';
import type { Reason } from './refusal';

/** Error of a user's cell, or the end of its process. `cell` is the cell's id, absent when the process died outside one. */
export interface StepError {
  readonly code: 'raised' | 'died' | 'timeout' | 'broken-contract' | 'unbound-name';
  readonly ename: string;
  readonly evalue: string;
  readonly cell?: string;
  readonly index?: number;
  readonly line?: number;
  readonly traceback: readonly string[];
}

/** One object of names that share mutable parts, stored in a folder (`path` is relative to the run's folder or absolute). */
export interface ArtifactRef {
  readonly path: string;
  readonly names: readonly string[];
  readonly bytes: number;
  readonly kind: 'value' | 'file' | 'ambient';
}

/** An event of the step runtime as docs/contracts.md has it; numbers are per attempt. */
export interface RuntimeEvent {
  readonly n: number;
  readonly t: number;
  readonly attempt: number;
  readonly replica: number;
  readonly type: 'step' | 'cell' | 'output' | 'log' | 'metric' | 'artifact' | 'verification';
  readonly [field: string]: unknown;
}

/** Why a step was run or taken from the cache, component by component, in words for the user. */
export interface CacheAnswer {
  readonly hit: boolean;
  readonly why: readonly string[];
}

export type RunChange =
  | { readonly state: 'created' }
  | { readonly state: 'started'; readonly pid: number }
  | { readonly state: 'succeeded'; readonly took: number }
  | { readonly state: 'failed'; readonly took: number; readonly steps: readonly string[]; readonly reason?: Reason }
  | { readonly state: 'refused'; readonly took: number; readonly reason: Reason }
  | { readonly state: 'cancelled'; readonly took: number };

export type StepChange =
  | { readonly state: 'waiting'; readonly for: readonly string[] }
  | { readonly state: 'queued'; readonly reason: string }
  | {
      readonly state: 'running';
      readonly attempt: number;
      readonly how: 'fork' | 'spawn';
      readonly cache?: CacheAnswer;
    }
  | {
      readonly state: 'succeeded';
      readonly attempt: number;
      /** Seconds. */
      readonly took: number;
      readonly outputs: readonly ArtifactRef[];
      readonly from: 'run' | 'cache' | 'earlier-run';
      /** The attempt folder that holds the result; an earlier run's when it was not made now. */
      readonly folder: string;
      readonly cache?: CacheAnswer;
    }
  | {
      readonly state: 'failed';
      readonly attempt: number;
      readonly took: number;
      readonly error: StepError;
      readonly folder: string;
    }
  | {
      readonly state: 'refused';
      readonly attempt: number;
      readonly took: number;
      readonly reason: Reason;
      readonly folder: string;
    }
  | { readonly state: 'stale'; readonly because: { readonly from: string; readonly names: readonly string[] } }
  | { readonly state: 'cancelled' }
  | { readonly state: 'skipped'; readonly because: string };

/** An edge that the plan got while the run was under way. */
export interface PlanChange {
  readonly from: string;
  readonly to: string;
  readonly names: readonly string[];
  readonly kind: 'value' | 'ambient';
  readonly message: string;
}

/** A run's log is a list of these, numbered from 1 without holes; `t` is seconds since the epoch. */
export type RunEvent = { readonly n: number; readonly t: number } & RunEventBody;

export type RunEventBody =
  | ({ readonly type: 'run' } & RunChange)
  | ({ readonly type: 'step'; readonly step: string } & StepChange)
  | { readonly type: 'runtime'; readonly step: string; readonly attempt: number; readonly event: RuntimeEvent }
  | ({ readonly type: 'plan-changed' } & PlanChange)
  | { readonly type: 'note'; readonly step?: string; readonly message: string };

export function isFinal(event: RunEventBody): boolean {
  return event.type === 'run' && event.state !== 'created' && event.state !== 'started';
}

/** Reads a number that may be written as `{"$float": …}`. */
export function asNumber(value: Json): number {
  if (typeof value === 'number') return value;
  if (value !== null && typeof value === 'object' && '$float' in value) {
    const text = String((value as { $float: Json }).$float);
    return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number.NaN;
  }
  throw new TypeError(`not a number: ${JSON.stringify(value)}`);
}
