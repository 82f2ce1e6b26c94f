import type { RunEvent } from '../runs/event';

/** Who acts, and in whose namespace. */
export interface Owner {
  readonly principal: string;
  readonly profile: string;
}

export const localOwner: Owner = { principal: 'local', profile: 'default' };

export interface RunRow extends Owner {
  readonly id: string;
  readonly notebook: string;
  readonly name: string;
  readonly folder: string;
  readonly created: number;
  readonly state: string;
  readonly took: number | null;
}

export interface StepRow {
  readonly run: string;
  readonly step: string;
  readonly state: string;
  readonly attempt: number | null;
  readonly source: string | null;
  readonly took: number | null;
  readonly folder: string | null;
}

export interface ArtifactRow {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly path: string;
  readonly names: readonly string[];
  readonly bytes: number;
  readonly kind: string;
}

export interface MetricRow {
  readonly run: string;
  readonly step: string;
  readonly name: string;
  readonly value: number;
  readonly iteration: number | null;
}

/** A result that can be had again. `components` says what made it, one text a component, for keys and for explaining. */
export interface CacheEntry extends Owner {
  readonly key: string;
  /** Id of the execution that made it; consumers' keys name it. */
  readonly execution: string;
  readonly notebook: string;
  readonly step: string;
  /** Digest of code alone (cells and replay). */
  readonly code: string;
  readonly components: Readonly<Record<string, string>>;
  /**
   * What is known only afterwards and checked before reuse. `file:<path>` (relative to the notebook's folder, or
   * absolute) → sha256, `-` when absent; `ambient:<slot>` → execution whose state of a generator it drew from.
   */
  readonly checks: Readonly<Record<string, string>>;
  /** Whether it may be taken for a run; one that may not is still what `--from` starts from. */
  readonly reusable: boolean;
  /** Why not. */
  readonly why: readonly string[];
  /** Absolute attempt folder. */
  readonly folder: string;
  readonly created: number;
}

/** What is kept about runs. Small on purpose: another database fills it later. */
export interface Store {
  addRun(run: RunRow): void;
  /** Takes events in; those already there (by run and number) change nothing. */
  ingest(run: string, events: readonly RunEvent[]): void;
  run(id: string): RunRow | null;
  /** Newest first; `before` is an id to go on from. */
  runs(owner: Owner, limit: number, before?: string): readonly RunRow[];
  steps(run: string): readonly StepRow[];
  artifacts(run: string): readonly ArtifactRow[];
  metrics(run: string): readonly MetricRow[];
  events(run: string, after: number, limit: number): readonly RunEvent[];
  addCacheEntry(entry: CacheEntry): void;
  /** Entries of one key, newest first. */
  cacheEntries(owner: Owner, key: string): readonly CacheEntry[];
  /** The newest entry of a step, whatever its key. */
  latestEntry(owner: Owner, notebook: string, step: string): CacheEntry | null;
  /** A step's entries, newest first. */
  entriesOfStep(owner: Owner, notebook: string, step: string, limit: number): readonly CacheEntry[];
  /** The entry of an execution. */
  entryOf(execution: string): CacheEntry | null;
  /** A small memory for things that are dear to find out. */
  recall(kind: string, key: string): string | null;
  remember(kind: string, key: string, value: string): void;
  close(): void;
}
