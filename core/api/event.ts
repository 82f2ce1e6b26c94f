/** What happens in a run: a list of events, numbered from 1 without holes. */
import { Type } from 'typebox';
import { Json, Seconds, Time, type ValueOf, words } from './schema';

/** Why something was not done, or was stopped. `code` is stable; `cell` is the notebook's index of the code cell. */
export const Reason = Type.Object({
  code: Type.String(),
  message: Type.String(),
  step: Type.Optional(Type.String()),
  cell: Type.Optional(Type.Integer()),
  line: Type.Optional(Type.Integer()),
  name: Type.Optional(Type.String()),
  /** What the user can do about it. */
  fix: Type.Optional(Type.String())
});
export type Reason = ValueOf<typeof Reason>;

/** Error of a user's cell, or the end of its process. `cell` is the cell's id, absent when the process died outside one. */
export const StepError = Type.Object({
  code: words('raised', 'died', 'timeout', 'memory', 'disk-full', 'broken-contract', 'unbound-name'),
  ename: Type.String(),
  evalue: Type.String(),
  cell: Type.Optional(Type.String()),
  index: Type.Optional(Type.Integer()),
  line: Type.Optional(Type.Integer()),
  traceback: Type.Array(Type.String())
});
export type StepError = ValueOf<typeof StepError>;

/** One object of names that share mutable parts, stored in a folder (`path` is relative to the run's folder or absolute). */
export const ArtifactRef = Type.Object({
  path: Type.String(),
  names: Type.Array(Type.String()),
  bytes: Type.Number(),
  kind: words('value', 'file', 'ambient')
});
export type ArtifactRef = ValueOf<typeof ArtifactRef>;

/** An event of the step runtime as docs/contracts.md has it; numbers are per attempt. */
export const RuntimeEvent = Type.Object(
  {
    n: Type.Integer(),
    t: Time,
    attempt: Type.Integer(),
    replica: Type.Integer(),
    type: words('step', 'cell', 'output', 'log', 'metric', 'artifact', 'verification')
  },
  { additionalProperties: true }
);
export type RuntimeEvent = ValueOf<typeof RuntimeEvent> & { readonly [field: string]: unknown };

/** Why a step was run or taken from the cache, component by component, in words for the user. */
export const CacheAnswer = Type.Object({ hit: Type.Boolean(), why: Type.Array(Type.String()) });
export type CacheAnswer = ValueOf<typeof CacheAnswer>;

const run = { type: Type.Literal('run') };

const RunChange = [
  Type.Object({ ...run, state: Type.Literal('created') }),
  Type.Object({
    ...run,
    state: Type.Literal('started'),
    pid: Type.Integer(),
    /** The supervisor before this one died; this one goes on where that one was. */
    adopted: Type.Optional(Type.Boolean())
  }),
  Type.Object({ ...run, state: Type.Literal('succeeded'), took: Seconds }),
  Type.Object({
    ...run,
    state: Type.Literal('failed'),
    took: Seconds,
    steps: Type.Array(Type.String()),
    reason: Type.Optional(Reason)
  }),
  Type.Object({ ...run, state: Type.Literal('refused'), took: Seconds, reason: Reason }),
  Type.Object({ ...run, state: Type.Literal('cancelled'), took: Seconds })
] as const;

const step = { type: Type.Literal('step'), step: Type.String() };

const StepChange = [
  Type.Object({ ...step, state: Type.Literal('waiting'), for: Type.Array(Type.String()) }),
  Type.Object({ ...step, state: Type.Literal('queued'), reason: Type.String() }),
  Type.Object({
    ...step,
    state: Type.Literal('running'),
    attempt: Type.Integer(),
    how: words('fork', 'spawn'),
    cache: Type.Optional(CacheAnswer)
  }),
  Type.Object({
    ...step,
    state: Type.Literal('succeeded'),
    attempt: Type.Integer(),
    took: Seconds,
    outputs: Type.Array(ArtifactRef),
    from: words('run', 'cache', 'earlier-run'),
    /** The attempt folder that holds the result; an earlier run's when it was not made now. */
    folder: Type.String(),
    cache: Type.Optional(CacheAnswer),
    /** Of a result that was not made now: its metrics. Those of one made now came as they were recorded. */
    metrics: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Json })))
  }),
  Type.Object({
    ...step,
    state: Type.Literal('failed'),
    attempt: Type.Integer(),
    took: Seconds,
    error: StepError,
    folder: Type.String()
  }),
  Type.Object({
    ...step,
    state: Type.Literal('refused'),
    attempt: Type.Integer(),
    took: Seconds,
    reason: Reason,
    folder: Type.String()
  }),
  Type.Object({
    ...step,
    state: Type.Literal('stale'),
    because: Type.Object({ from: Type.String(), names: Type.Array(Type.String()) })
  }),
  Type.Object({ ...step, state: Type.Literal('cancelled') }),
  Type.Object({ ...step, state: Type.Literal('skipped'), because: Type.String() })
] as const;

/** An edge that the plan got while the run was under way. */
const PlanChanged = Type.Object({
  type: Type.Literal('plan-changed'),
  from: Type.String(),
  to: Type.String(),
  names: Type.Array(Type.String()),
  kind: words('value', 'ambient'),
  message: Type.String()
});

const Runtime = Type.Object({
  type: Type.Literal('runtime'),
  step: Type.String(),
  attempt: Type.Integer(),
  event: Type.Unsafe<RuntimeEvent>(RuntimeEvent)
});

const Note = Type.Object({ type: Type.Literal('note'), step: Type.Optional(Type.String()), message: Type.String() });

export const RunEventBody = Type.Union([...RunChange, ...StepChange, Runtime, PlanChanged, Note]);
export type RunEventBody = ValueOf<typeof RunEventBody>;
export type PlanChange = Omit<ValueOf<typeof PlanChanged>, 'type'>;

const Numbered = Type.Object({ n: Type.Integer({ minimum: 1 }), t: Time });

/** A run's log is a list of these; `t` is seconds since the epoch. */
export const RunEvent = Type.Intersect([Numbered, RunEventBody]);
export type RunEvent = { readonly n: number; readonly t: number } & RunEventBody;

/** An event as the stream of all runs carries it. */
export const StreamEvent = Type.Object({ run: Type.String(), event: Type.Unsafe<RunEvent>(RunEvent) });
export type StreamEvent = { readonly run: string; readonly event: RunEvent };

export const RunStateName = words('created', 'started', 'succeeded', 'failed', 'refused', 'cancelled');
export type RunStateName = ValueOf<typeof RunStateName>;

export const StepStateName = words(
  'pending',
  'waiting',
  'queued',
  'running',
  'succeeded',
  'failed',
  'refused',
  'stale',
  'cancelled',
  'skipped'
);
export type StepStateName = ValueOf<typeof StepStateName>;

/** The runs' final states. */
export const FINAL: ReadonlySet<RunStateName> = new Set<RunStateName>(['succeeded', 'failed', 'refused', 'cancelled']);
