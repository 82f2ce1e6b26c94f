import type { ArtifactRef, CacheAnswer, RunEvent, StepError } from './event';
import type { Reason } from './refusal';

/** Times are seconds since the epoch, durations seconds. */
export type RunState =
  | { readonly kind: 'none' }
  | { readonly kind: 'created'; readonly at: number }
  | { readonly kind: 'started'; readonly at: number; readonly pid: number }
  | { readonly kind: 'succeeded'; readonly took: number }
  | { readonly kind: 'failed'; readonly took: number; readonly steps: readonly string[]; readonly reason?: Reason }
  | { readonly kind: 'refused'; readonly took: number; readonly reason: Reason }
  | { readonly kind: 'cancelled'; readonly took: number };

export type StepState =
  | { readonly kind: 'waiting'; readonly for: readonly string[] }
  | { readonly kind: 'queued'; readonly reason: string }
  | { readonly kind: 'running'; readonly attempt: number; readonly since: number; readonly cell?: string }
  | {
      readonly kind: 'succeeded';
      readonly attempt: number;
      readonly took: number;
      readonly outputs: readonly ArtifactRef[];
      readonly from: 'run' | 'cache' | 'earlier-run';
      readonly folder: string;
      readonly cache?: CacheAnswer;
    }
  | { readonly kind: 'failed'; readonly attempt: number; readonly took: number; readonly error: StepError }
  | { readonly kind: 'refused'; readonly attempt: number; readonly took: number; readonly reason: Reason }
  | { readonly kind: 'stale'; readonly because: { readonly from: string; readonly names: readonly string[] } }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'skipped'; readonly because: string };

/** What a run's log says so far. */
export interface RunView {
  /** Number of the last event taken in. */
  readonly n: number;
  readonly run: RunState;
  readonly steps: ReadonlyMap<string, StepState>;
}

export const emptyView: RunView = { n: 0, run: { kind: 'none' }, steps: new Map() };

/** A log that says what cannot be is a bug of its writer. */
export class IllegalTransition extends Error {}

/** `started` again: the process that supervised the run died, and another one adopted it. */
const runFollows: Record<RunState['kind'], readonly RunState['kind'][]> = {
  none: ['created'],
  created: ['started', 'failed', 'refused', 'cancelled'],
  started: ['started', 'succeeded', 'failed', 'refused', 'cancelled'],
  succeeded: [],
  failed: [],
  refused: [],
  cancelled: []
};

type StepKind = StepState['kind'] | 'none';

/** `succeeded` is not terminal inside a run: a late edge makes a step stale, and it runs again. A failed try may be retried. */
const stepFollows: Record<StepKind, readonly StepState['kind'][]> = {
  none: ['waiting', 'queued', 'running', 'succeeded', 'skipped', 'cancelled'],
  waiting: ['waiting', 'queued', 'running', 'succeeded', 'skipped', 'cancelled'],
  queued: ['waiting', 'queued', 'running', 'succeeded', 'skipped', 'cancelled'],
  running: ['queued', 'running', 'succeeded', 'failed', 'refused', 'cancelled'],
  succeeded: ['stale'],
  failed: [],
  refused: [],
  stale: ['waiting', 'queued', 'running', 'succeeded', 'skipped', 'cancelled'],
  cancelled: [],
  skipped: []
};

type RunFact = Extract<RunEvent, { type: 'run' }>;
type StepFact = Extract<RunEvent, { type: 'step' }>;

function runState(before: RunState, event: RunFact): RunState {
  switch (event.state) {
    case 'created':
      return { kind: 'created', at: event.t };
    case 'started':
      return { kind: 'started', at: before.kind === 'started' ? before.at : event.t, pid: event.pid };
    case 'succeeded':
      return { kind: 'succeeded', took: event.took };
    case 'failed':
      return {
        kind: 'failed',
        took: event.took,
        steps: event.steps,
        ...(event.reason ? { reason: event.reason } : {})
      };
    case 'refused':
      return { kind: 'refused', took: event.took, reason: event.reason };
    case 'cancelled':
      return { kind: 'cancelled', took: event.took };
  }
}

/** The state that an event says a step has. */
export function stepState(event: StepFact): StepState {
  switch (event.state) {
    case 'waiting':
      return { kind: 'waiting', for: event.for };
    case 'queued':
      return { kind: 'queued', reason: event.reason };
    case 'running':
      return { kind: 'running', attempt: event.attempt, since: event.t };
    case 'succeeded': {
      const { attempt, took, outputs, from, folder, cache } = event;
      return { kind: 'succeeded', attempt, took, outputs, from, folder, ...(cache ? { cache } : {}) };
    }
    case 'failed':
      return { kind: 'failed', attempt: event.attempt, took: event.took, error: event.error };
    case 'refused':
      return { kind: 'refused', attempt: event.attempt, took: event.took, reason: event.reason };
    case 'stale':
      return { kind: 'stale', because: event.because };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'skipped':
      return { kind: 'skipped', because: event.because };
  }
}

/**
 * The view after one more event. An event taken in already (by number) changes nothing; a hole in the numbers or a
 * transition that cannot be throws `IllegalTransition`. Pure.
 */
export function applyEvent(view: RunView, event: RunEvent): RunView {
  if (event.n <= view.n) return view;
  if (event.n !== view.n + 1) throw new IllegalTransition(`event ${event.n} follows ${view.n}`);
  const seen = { ...view, n: event.n };
  if (runFollows[view.run.kind].length === 0) throw new IllegalTransition(`event after the run ${view.run.kind}`);
  switch (event.type) {
    case 'run': {
      if (!runFollows[view.run.kind].includes(event.state))
        throw new IllegalTransition(`run ${view.run.kind} → ${event.state}`);
      return { ...seen, run: runState(view.run, event) };
    }
    case 'step': {
      const before = view.steps.get(event.step)?.kind ?? 'none';
      if (!stepFollows[before].includes(event.state))
        throw new IllegalTransition(`step ${event.step}: ${before} → ${event.state}`);
      return { ...seen, steps: new Map(view.steps).set(event.step, stepState(event)) };
    }
    case 'runtime': {
      const before = view.steps.get(event.step);
      if (event.event.type !== 'cell' || before?.kind !== 'running' || event.attempt !== before.attempt) return seen;
      const cell = event.event.state === 'running' ? String(event.event.cell) : undefined;
      return { ...seen, steps: new Map(view.steps).set(event.step, { ...before, cell }) };
    }
    case 'plan-changed':
    case 'note':
      return seen;
  }
}
