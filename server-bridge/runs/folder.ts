import { closeSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GitState, Json, Origin, Pipeline, Replay } from '@cellway/core/api';
import type { Interpreter } from '../engines/local/interpreter';

/** A code cell of the notebook as the run takes it. `index`: 1-based among code cells. */
export interface CellSource {
  readonly index: number;
  readonly id: string;
  readonly source: string;
}

/** What an upstream step that does not run now left in an earlier run (`--only`, `--from`). */
export interface Earlier {
  readonly execution: string;
  /** Absolute attempt folder. */
  readonly folder: string;
  readonly from: 'cache' | 'earlier-run';
}

export interface RunOptions {
  /** Whether results are taken from the cache; they are put there in any case. */
  readonly cache: boolean;
  readonly only?: string;
  readonly from?: string;
  /** How many steps run at the same time at most; absent: as many as there are cores. */
  readonly parallel?: number;
  /** Bytes of memory that a step may take whose own settings do not say; absent: no limit. */
  readonly memory?: number;
  /** How steps are started; absent: forked from a warm interpreter where that is safe. */
  readonly start?: 'spawn';
  /** Keep all that the steps bind, not only what later steps take (`verify` compares it). */
  readonly all?: boolean;
}

/** `run.json`: all that the supervisor needs, written once before it starts. */
export interface RunFile {
  readonly schema: 'cellway.run/1';
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly principal: string;
  readonly profile: string;
  /** The data folder: store, other runs. */
  readonly data: string;
  readonly name: string;
  readonly experiment: string | null;
  readonly git: GitState | null;
  readonly origin: Origin | null;
  /** `digest`: SHA-256 of the notebook's text as the run took it. */
  readonly notebook: { readonly path: string; readonly folder: string; readonly digest: string };
  readonly pipeline: Pipeline;
  readonly cells: readonly CellSource[];
  /** `__future__` features in force from the notebook's cells: cell index → names. */
  readonly futures: Readonly<Record<string, readonly string[]>>;
  readonly definitions: Readonly<Record<string, readonly Replay[]>>;
  /** Values that were given; all others have their defaults. */
  readonly given: Readonly<Record<string, Json>>;
  readonly interpreter: Interpreter;
  /** Folder that holds the Python package `cellway`. */
  readonly runtime: string;
  /** The same for all steps: hash seed, thread counts. */
  readonly environment: Readonly<Record<string, string>>;
  readonly options: RunOptions;
  /** Steps that run; the others are taken from `earlier` or skipped. */
  readonly selected: readonly string[];
  readonly earlier: Readonly<Record<string, Earlier>>;
}

/** A run on this machine. */
export interface Run {
  readonly kind: 'run';
  readonly id: string;
  readonly folder: string;
  readonly data: string;
}

export const paths = {
  run: (data: string, id: string) => join(data, 'runs', id),
  runFile: (folder: string) => join(folder, 'run.json'),
  events: (folder: string) => join(folder, 'events.jsonl'),
  original: (folder: string) => join(folder, 'original.ipynb'),
  notebook: (folder: string) => join(folder, 'notebook.ipynb'),
  work: (folder: string) => join(folder, 'work'),
  supervisor: (folder: string) => join(folder, 'supervisor.json'),
  supervisorLog: (folder: string) => join(folder, 'supervisor.log'),
  /** Held by the process that supervises the run. */
  lock: (folder: string) => join(folder, 'supervisor.lock'),
  /** Room that is given back when the disk is full. */
  reserve: (folder: string) => join(folder, 'reserve'),
  /** There when somebody has asked the run to stop. */
  cancel: (folder: string) => join(folder, 'cancel'),
  environment: (folder: string) => join(folder, 'environment.json'),
  /** Earlier results that the run reads, by hard links; gone when it has ended. */
  held: (folder: string) => join(folder, 'held'),
  /** Whose result the run reads for a step. */
  heldNote: (folder: string, stepId: string) => join(folder, 'held', `${stepId}.json`),
  label: (folder: string) => join(folder, 'label.json'),
  definitions: (folder: string) => join(folder, 'steps', 'definitions.json'),
  /** Of an attempt folder: what the cache knows of it, from which the store can be made anew. */
  cacheEntry: (attempt: string) => join(attempt, 'cache.json'),
  attempt: (folder: string, stepId: string, attempt: number) => join(folder, 'steps', stepId, `attempt-${attempt}`)
} as const;

/** A run of a Cellway that did not keep these yet has none. */
const LATER = { experiment: null, git: null, origin: null };

export function readRunFile(folder: string): RunFile {
  const run = JSON.parse(readFileSync(paths.runFile(folder), 'utf8')) as RunFile;
  return {
    ...LATER,
    ...run,
    name: run.name ?? run.pipeline.name,
    notebook: { ...run.notebook, digest: run.notebook.digest ?? '' },
    given: named(run.given),
    earlier: named(run.earlier)
  };
}

/** Without a prototype: a step or a parameter may be called `constructor`. */
export function named<T>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.setPrototypeOf({ ...fields }, null) as Record<string, T>;
}

/**
 * Readers see the old file or the new one, never a part. `durable`: it is on the disk when this returns, so that a power
 * cut leaves no empty file under the name.
 */
export function writeAtomically(path: string, text: string, durable = false): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeFileSync(file, text);
    if (durable) fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  if (durable) syncFolder(dirname(path));
}

/** Renames; on the disk when this returns. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

/** The names in it are on the disk when this returns. */
function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
