import { digest } from '../notebook';
import { canonical } from './canonical';

/** What besides the notebook decides its pipeline. Plain data: its digest is inside the pipeline. */
export interface PipelineContext {
  /** The Python that will run the steps. */
  readonly python: readonly [major: number, minor: number];
  /** Module to the names that `from module import *` binds; a module that is absent is unknown. */
  readonly stars: Readonly<Record<string, readonly string[]>>;
  /** Top-level modules that are files or folders beside the notebook. */
  readonly local: readonly string[];
}

export const DEFAULT_CONTEXT: PipelineContext = { python: [3, 11], stars: {}, local: [] };

export function contextDigest(context: PipelineContext): string {
  return digest(canonical({ ...context, local: [...context.local].sort() }));
}
