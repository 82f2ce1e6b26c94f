import type { Diagnostic } from '../api';
import type { Problem } from './problem';

/** A cell of any kind. Pure data of the notebook; its tags are not yet interpreted. */
export interface NotebookCell {
  readonly kind: 'code' | 'markdown' | 'raw';
  /** 1-based index among the code cells; 0 for other cells. */
  readonly index: number;
  readonly id: string;
  readonly source: string;
  readonly tags: readonly string[];
  /** `metadata.cellway` as it stands, not yet checked; null when absent. */
  readonly settings: unknown;
}

export interface Notebook {
  readonly cells: readonly NotebookCell[];
  /** Name of the kernelspec, null when the notebook names none. */
  readonly kernel: string | null;
  /** The notebook's `metadata.cellway`, not yet checked; null when absent. */
  readonly settings: unknown;
  /** Kale's `metadata.kubeflow_notebook`, not yet checked; null when absent. */
  readonly kale: unknown;
  /** What was tolerated while reading. */
  readonly diagnostics: readonly Diagnostic[];
}

export type NotebookReading =
  | { readonly ok: true; readonly notebook: Notebook }
  | { readonly ok: false; readonly problems: readonly Problem[] };
