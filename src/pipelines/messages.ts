import type { Pipeline } from '@cellway/core/api';
import type { PipelineContext } from '@cellway/core/pipeline';

/** A cell as the page has it: what decides its part of the pipeline, and nothing else. */
export interface PageCell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string;
  readonly metadata: { readonly tags?: unknown; readonly cellway?: unknown };
}

export interface Question {
  /** Which notebook: what the last derivation found is kept for each. */
  readonly notebook: string;
  readonly number: number;
  readonly name: string;
  /** nbformat's, without outputs. */
  readonly content: {
    readonly nbformat: number;
    readonly nbformat_minor: number;
    readonly metadata: unknown;
    readonly cells: readonly PageCell[];
  };
  readonly context: PipelineContext | null;
}

/** A notebook is closed: nothing more is asked of it. */
export interface Farewell {
  readonly notebook: string;
  readonly closed: true;
}

export type Answer = { readonly notebook: string; readonly number: number } & (
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
  /** It is no notebook that could be a pipeline; why, in words. */
  | { readonly kind: 'problem'; readonly message: string; readonly fix?: string }
);
