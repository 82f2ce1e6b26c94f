/** What a run's steps did: attempts, and the notebook's cells as they run. */
import { Type } from 'typebox';
import { Reason, StepError } from './event';
import { RunId } from './resources';
import { Json, orNull, Seconds, Time, type ValueOf, words } from './schema';

export const AttemptState = words('running', 'succeeded', 'failed', 'refused', 'cancelled', 'retried');
export type AttemptState = ValueOf<typeof AttemptState>;

/** One try at a step. Attempt 0 stands for a result that was not made in this run. */
export const Attempt = Type.Object({
  run: RunId,
  step: Type.String(),
  attempt: Type.Integer({ minimum: 0 }),
  /** `retried`: it did not end well, and another one followed. */
  state: AttemptState,
  started: orNull(Time),
  took: orNull(Seconds),
  /** How its process was started; null where none was. */
  how: orNull(words('fork', 'spawn')),
  /** Where the result came from, of one that succeeded. */
  from: orNull(words('run', 'cache', 'earlier-run')),
  error: orNull(StepError),
  reason: orNull(Reason),
  /** Bytes of the log so far; null when there is none. */
  log: orNull(Type.Integer({ minimum: 0 }))
});
export type Attempt = ValueOf<typeof Attempt>;

export const AttemptList = Type.Object({ items: Type.Array(Attempt) });

export const CellStateName = words('pending', 'running', 'succeeded', 'failed', 'not-run');
export type CellStateName = ValueOf<typeof CellStateName>;

/** A code cell of a run, as it runs. */
export const CellView = Type.Object({
  id: Type.String(),
  /** 1-based among code cells. */
  index: Type.Integer({ minimum: 1 }),
  /** Null: it belongs to no step (tagged `skip`, or empty). */
  step: orNull(Type.String()),
  /** `not-run`: its step ended before it, or does not run. */
  state: CellStateName,
  attempt: orNull(Type.Integer()),
  took: orNull(Seconds),
  execution_count: orNull(Type.Integer()),
  /** Outputs of nbformat 4.5. */
  outputs: Type.Array(Json)
});
export type CellView = ValueOf<typeof CellView>;

export const CellPage = Type.Object({ items: Type.Array(CellView), next: orNull(Type.String()) });
export type CellPage = ValueOf<typeof CellPage>;
