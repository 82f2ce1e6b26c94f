import type { Evidence } from '../dataflow';
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
  /** What earlier runs saw cells do, by the digest of a cell's text (`cellDigest`). */
  readonly evidence?: Readonly<Record<string, Evidence>>;
}

export function cellDigest(source: string): string {
  return digest(source);
}

export const DEFAULT_CONTEXT: PipelineContext = { python: [3, 11], stars: {}, local: [] };

/** `recalled`: the cells whose evidence told something; that of all others decides nothing and is left out. */
export function contextDigest({ evidence, ...context }: PipelineContext, recalled: readonly string[]): string {
  const used = [...new Set(recalled)].map(source => [cellDigest(source), evidence?.[cellDigest(source)]] as const);
  return digest(
    canonical({
      ...context,
      local: [...context.local].sort(),
      ...(used.length === 0 ? {} : { evidence: Object.fromEntries(used) })
    })
  );
}
