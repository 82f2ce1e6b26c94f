import type { Cursor } from './run-query';
import type { Owner } from './store';

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
  /** Of the attempt folder. */
  readonly bytes: number;
}

/** An entry with what has become of it. */
export interface CacheRow extends CacheEntry {
  /** When it last stood for a step; null: never yet. */
  readonly used: number | null;
  readonly pinned: boolean;
  /** Whether a run shows it: its own, or one that took it. */
  readonly shown: boolean;
}

export interface CacheFilter {
  readonly owner: Owner;
  readonly execution?: string;
  readonly notebook?: string;
  readonly step?: string;
  readonly pinned?: boolean;
  readonly shown?: boolean;
}

/** What decides whether an entry is kept. */
export interface EntryFate {
  readonly execution: string;
  readonly folder: string;
  readonly bytes: number;
  readonly created: number;
  readonly used: number | null;
  readonly pinned: boolean;
}

export interface CacheTable {
  add(entry: CacheEntry): void;
  /** Entries of one key, newest first. */
  ofKey(owner: Owner, key: string): readonly CacheEntry[];
  /** A step's entries, newest first. */
  ofStep(owner: Owner, notebook: string, step: string, limit: number): readonly CacheEntry[];
  /** Entries of the same code in any notebook, newest first. */
  ofCode(owner: Owner, code: string, limit: number): readonly CacheEntry[];
  of(execution: string): CacheEntry | null;
  /** Says that it stands for a step now: it is not collected meanwhile. False when it is gone already. */
  use(execution: string, now: number): boolean;
  row(owner: Owner, execution: string): CacheRow | null;
  /** Newest first. */
  page(
    filter: CacheFilter,
    limit: number,
    after?: Cursor
  ): { readonly rows: readonly CacheRow[]; readonly next: Cursor | null };
  /** How many there are, and what they take. */
  sum(filter: CacheFilter): { readonly entries: number; readonly bytes: number };
  /** Entries that no run shows, of all owners. */
  unshown(): readonly EntryFate[];
  pin(owner: Owner, execution: string, pinned: boolean, now: number): void;
  /** Drops the entries that a filter finds, with their pins; what they were. */
  forget(filter: CacheFilter): readonly EntryFate[];
  /**
   * Drops an entry that nothing needs: not pinned, not shown by a run, last used when the caller saw it (`used`); false
   * when it must stay. In one step with the look, so that a run which claims it first keeps it.
   */
  release(execution: string, used: number | null): boolean;
  /** Whether a run shows what is in an attempt folder. */
  shows(folder: string): boolean;
}
