/** What a run would do, told before it is made. */
import { Type } from 'typebox';
import { CacheAnswer } from './event';
import { RunId } from './resources';
import { orNull, Seconds, Time, type ValueOf, words } from './schema';

/** When a step last ran to its end, and how long that took. */
export const LastRun = Type.Object({ run: RunId, created: Time, took: Seconds });
export type LastRun = ValueOf<typeof LastRun>;

export const PlannedStep = Type.Object({
  name: Type.String(),
  id: Type.String(),
  kind: words('step', 'setup'),
  /** In which the run would have it at its start: `succeeded` needs no process, `pending` starts at once. */
  state: words('pending', 'waiting', 'succeeded', 'skipped'),
  /** Where its result will come from; null where that depends on the steps in `waits`, and of a skipped step. */
  from: orNull(words('run', 'cache', 'earlier-run')),
  /** The nearest steps before it that run first. */
  waits: Type.Array(Type.String()),
  /** Null when the cache is not asked, or cannot answer yet. */
  cache: orNull(CacheAnswer),
  /** Why it is skipped, or what it depends on, in words. */
  because: orNull(Type.String()),
  /** Null of a step that no run here ran. */
  last: orNull(LastRun)
});
export type PlannedStep = ValueOf<typeof PlannedStep>;

/** Setup pieces and steps in notebook order. */
export const RunPlan = Type.Object({ steps: Type.Array(PlannedStep) });
export type RunPlan = ValueOf<typeof RunPlan>;
