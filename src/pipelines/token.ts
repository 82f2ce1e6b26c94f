import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Pipeline } from '@cellway/core/api';

export type PipelineState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly pipeline: Pipeline }
  /** It is no notebook that could be a pipeline. */
  | { readonly kind: 'problem'; readonly message: string; readonly fix?: string };

/** The pipeline of one open notebook. */
export interface INotebookPipeline {
  readonly panel: NotebookPanel;
  /** The file's name without its ending. */
  readonly name: string;
  readonly state: PipelineState;
  /** Null until there is one. */
  readonly pipeline: Pipeline | null;
  readonly changed: ISignal<INotebookPipeline, void>;
  disk(): Promise<string | null>;
  refreshContext(): Promise<void>;
}

/** Pipelines of the open notebooks. */
export interface IPipelines {
  of(panel: NotebookPanel): INotebookPipeline;
  /** That of the notebook that is in front; null when none is. */
  readonly current: INotebookPipeline | null;
  readonly currentChanged: ISignal<IPipelines, INotebookPipeline | null>;
}

export const IPipelines = new Token<IPipelines>(
  'cellway:IPipelines',
  'The pipelines of the open notebooks, as they are typed.'
);
