import type { GitState, Json, Origin, Reason, RunEvent, RunStateName } from '@cellway/core/api';
import type { CacheTable } from './cache';
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

/** The same as it is told: the event as its JSON text. */
export interface FeedText {
  readonly seq: number;
  readonly run: string;
  readonly type: string;
  readonly owner: Owner;
  readonly text: string;
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
  readonly cache: CacheTable;
  /** A small memory for things that are dear to find out. */
  recall(kind: string, key: string): string | null;
  remember(kind: string, key: string, value: string): void;
  close(): void;
}
