import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Json } from '@cellway/core/api';
import type { Run, RunOptions, RunSummary } from '@cellway/core/api/http';

/** The runs of one open notebook. */
export interface INotebookRuns {
  /** Newest first. */
  readonly recent: readonly RunSummary[];
  /** The one whose states stand at the cells; null where there is none. */
  readonly shown: Run | null;
  readonly changed: ISignal<INotebookRuns, void>;
  /** Makes a run of the notebook as it stands in the editor. Throws what the bridge says against it. */
  start(options?: RunOptions, parameters?: Readonly<Record<string, Json>>): Promise<void>;
  cancel(): Promise<void>;
  /** Runs what had not succeeded of the shown run. */
  resume(): Promise<void>;
  show(run: string | null): Promise<void>;
}

export interface IRuns {
  of(panel: NotebookPanel): INotebookRuns;
}

export const IRuns = new Token<IRuns>('cellway:IRuns', 'Runs of the open notebooks.');
