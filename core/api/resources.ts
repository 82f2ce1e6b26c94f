/** Runs and what belongs to them, as the API shows them. */
import { Type } from 'typebox';
import { CacheAnswer, Reason, RunStateName, StepError, StepStateName } from './event';
import { Parameter } from './pipeline';
import { closed, Json, orNull, Seconds, Time, type ValueOf, words } from './schema';

export const RunId = Type.String({
  pattern: '^r-[0-9a-z-]{1,40}$',
  description: 'Global id of a run; sorts by time of creation.'
});

export const GitState = Type.Object({
  commit: Type.String(),
  branch: orNull(Type.String()),
  /** The notebook's file differs from what is committed. */
  dirty: Type.Boolean()
});
export type GitState = ValueOf<typeof GitState>;

/** How a run came out of another one. */
export const Origin = Type.Object({
  run: RunId,
  how: words('retry', 'resume', 'clone'),
  /** Of a resumed run: the step from which on steps ran again; absent: from what had not succeeded. */
  step: Type.Optional(Type.String())
});
export type Origin = ValueOf<typeof Origin>;

/** A run as lists show it. */
export const RunSummary = Type.Object({
  id: RunId,
  name: Type.String(),
  state: RunStateName,
  created: Time,
  /** Seconds that it took; null while it has not ended. */
  took: orNull(Seconds),
  engine: words('local', 'argo', 'kfp'),
  principal: Type.String(),
  profile: Type.String(),
  experiment: orNull(Type.String()),
  notebook: Type.Object({ path: Type.String(), digest: Type.String(), git: orNull(GitState) }),
  /** Values in force: given ones, else defaults. */
  parameters: Type.Record(Type.String(), Json),
  /** The last value of each scalar; `{"$float": …}` where JSON has no number for it. */
  metrics: Type.Record(Type.String(), Json),
  origin: orNull(Origin),
  /** Why it was refused or failed as a whole. */
  reason: orNull(Reason)
});
export type RunSummary = ValueOf<typeof RunSummary>;

export const StepStatus = Type.Object({
  name: Type.String(),
  id: Type.String(),
  kind: words('step', 'setup'),
  state: StepStateName,
  attempt: orNull(Type.Integer()),
  took: orNull(Seconds),
  /** Where its result came from. */
  from: orNull(words('run', 'cache', 'earlier-run')),
  cache: orNull(CacheAnswer),
  error: orNull(StepError),
  reason: orNull(Reason),
  /** Of a waiting, queued, skipped or stale step: what it waits for or why, in words. */
  because: orNull(Type.String()),
  /** Id of the cell that runs now. */
  cell: orNull(Type.String())
});
export type StepStatus = ValueOf<typeof StepStatus>;

export const RunOptions = Type.Object(
  {
    /** Whether results are taken from the cache; they are put there in any case. */
    cache: Type.Optional(Type.Boolean()),
    only: Type.Optional(Type.String()),
    from: Type.Optional(Type.String()),
    /** How many steps run at the same time at most; absent: as many as there are cores. */
    parallel: Type.Optional(Type.Integer({ minimum: 1, maximum: 1024 })),
    /** Bytes of memory that a step may take whose own settings do not say; absent: no limit. */
    memory: Type.Optional(Type.Integer({ minimum: 1 }))
  },
  closed
);
export type RunOptions = ValueOf<typeof RunOptions>;

export const Run = Type.Object({
  ...RunSummary.properties,
  options: RunOptions,
  parameterTypes: Type.Array(Parameter),
  steps: Type.Array(StepStatus),
  /** Number of the last event that is taken in; with the run's id it says which state this is. */
  n: Type.Integer()
});
export type Run = ValueOf<typeof Run>;

export const RunPage = Type.Object({ items: Type.Array(RunSummary), next: orNull(Type.String()) });
export type RunPage = ValueOf<typeof RunPage>;

/** What a run is made from. */
export const NotebookSource = Type.Object(
  {
    /** Absolute path of the notebook's file; its folder is what steps see as theirs. */
    path: Type.String({ minLength: 1, maxLength: 4096 }),
    /** The notebook as it stands in the editor; absent: the file is read. */
    content: Type.Optional(Type.Unsafe<{ readonly [field: string]: unknown }>({ type: 'object' }))
  },
  closed
);

export const NewRun = Type.Object(
  {
    notebook: NotebookSource,
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    experiment: Type.Optional(orNull(Type.String({ minLength: 1, maxLength: 200 }))),
    parameters: Type.Optional(Type.Record(Type.String(), Json)),
    eachCell: Type.Optional(Type.Boolean()),
    options: Type.Optional(RunOptions),
    /** Python that stands for the kernel named `python3`; absent: the bridge's own. */
    python: Type.Optional(Type.String({ maxLength: 4096 })),
    /** Environment of the steps' processes; absent: the bridge's own. Kept beside the run, readable by its owner, until it ends. */
    environment: Type.Optional(Type.Record(Type.String(), Type.String()))
  },
  closed
);
export type NewRun = ValueOf<typeof NewRun>;

/** RFC 9457, with what makes an error worth acting on. `code` is stable. */
export const ProblemDetails = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    code: Type.String(),
    /** What to do. */
    fix: Type.Optional(Type.String()),
    /** Where in the request. */
    errors: Type.Optional(Type.Array(Type.Object({ at: Type.String(), message: Type.String() }))),
    /** Cell, line, name, as in a run's reason. */
    reason: Type.Optional(Reason),
    /** Of `upstream-missing`: steps without a result that holds now, why, and which of their values are needed. */
    missing: Type.Optional(
      Type.Array(Type.Object({ step: Type.String(), why: Type.Array(Type.String()), names: Type.Array(Type.String()) }))
    ),
    /** Of a notebook that is no pipeline. */
    diagnostics: Type.Optional(Type.Array(Json))
  },
  { additionalProperties: true }
);
export type ProblemDetails = ValueOf<typeof ProblemDetails>;

export const Version = Type.Object({
  cellway: Type.String(),
  /** Of this API; grows when something is added. */
  api: Type.Integer(),
  /** Of the store's layout. */
  store: Type.Integer(),
  pid: Type.Integer()
});
export type Version = ValueOf<typeof Version>;
