import type { GitState, Json, Origin, Reason, RunEvent, RunStateName } from '@cellway/core/api';
import type { Lists } from './lists';
import type { Cursor, RunQuery } from './run-query';

/** Who acts, and in whose namespace. */
export interface Owner {
  readonly principal: string;
  readonly profile: string;
}

export const localOwner: Owner = { principal: 'local', profile: 'default' };

export interface NewRunRow extends Owner {
  readonly id: string;
  readonly notebook: string;
  /** SHA-256 of the notebook as the run took it. */
  readonly digest: string;
  readonly git: GitState | null;
  readonly engine: string;
  readonly name: string;
  readonly experiment: string | null;
  readonly origin: Origin | null;
  readonly folder: string;
  readonly created: number;
  /** Values in force. */
  readonly parameters: Readonly<Record<string, Json>>;
}

export interface RunRow extends Omit<NewRunRow, 'parameters'> {
  readonly state: RunStateName;
  readonly took: number | null;
  readonly reason: Reason | null;
  /** Number of the last event that was taken in. */
  readonly n: number;
  /** How often it was renamed or moved. */
  readonly edits: number;
}

/** An event at its place in the order in which this store learned of all runs' events. */
export interface FeedEvent {
  readonly seq: number;
  readonly run: string;
  readonly event: RunEvent;
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
  /** Pages of what runs have. */
  readonly lists: Lists;
  addRun(run: NewRunRow): void;
  /** Takes events in and gives back those that are new; others (by run and number) change nothing. */
  ingest(run: string, events: readonly RunEvent[]): readonly FeedEvent[];
  run(id: string): RunRow | null;
  runs(query: RunQuery): { readonly rows: readonly RunRow[]; readonly next: Cursor | null };
  /** Runs that have not ended. */
  openRuns(): readonly RunRow[];
  /** Whether it is known, by id. */
  knows(run: string): boolean;
  relabel(run: string, label: { readonly name?: string; readonly experiment?: string | null }): void;
  /** All rows of it but those of the cache. */
  removeRun(run: string): void;
  parameters(run: string): Readonly<Record<string, Json>>;
  /** The last value of each scalar. */
  scalars(run: string): Readonly<Record<string, Json>>;
  /** Events of all of an owner's runs after a place in the feed. */
  feed(owner: Owner, after: number, limit: number): readonly FeedEvent[];
  /** The feed's last place, and which feed it is: one that was rebuilt has other places. */
  position(): { readonly epoch: string; readonly seq: number };
  /** Run that a key of an owner stands for; null when the key is new: then it stands for `run` from now on. */
  claim(
    owner: Owner,
    key: string,
    request: string,
    run: string
  ): { readonly run: string; readonly request: string } | null;
  unclaim(owner: Owner, key: string): void;
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
