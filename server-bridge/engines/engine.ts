import type { RunEvent } from '../runs/event';
import type { Run } from '../runs/folder';

/** What executes a pipeline. All engines are this; an engine's files know nothing of HTTP or SQL. */
export interface Engine {
  readonly name: 'local' | 'argo' | 'kfp';
  /** Starts a run that `createRun` has made; comes back at once. */
  start(run: Run): Promise<void>;
  /** Asks the run to stop; false when it has ended already. The run's final event says when it is done. */
  cancel(run: Run): Promise<boolean>;
  /** The run's events after a number, those to come too; ends after the final one. */
  events(run: Run, after?: number): AsyncIterable<RunEvent>;
}
