import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@cellway/core/api';
import type { Reason } from '../../runs/refusal';

/** `report.json` of docs/contracts.md. */
export interface Report {
  readonly outcome: 'succeeded' | 'failed' | 'refused' | 'needs' | 'cancelled';
  readonly error?: {
    readonly ename: string;
    readonly evalue: string;
    readonly cell?: string;
    readonly index?: number;
    readonly line?: number;
    readonly traceback: readonly string[];
  } | null;
  readonly reason?: (Omit<Reason, 'cell'> & { readonly cell?: string; readonly index?: number }) | null;
  readonly needs: readonly Place[];
  readonly artifacts: readonly { readonly path: string; readonly names: readonly string[]; readonly bytes: number }[];
  readonly unbound: readonly string[];
  readonly missing: readonly { readonly name: string; readonly type: string; readonly why: string }[];
  readonly inputs_changed: readonly { readonly name: string; readonly wanted: boolean }[];
  readonly definitions_changed: readonly string[];
  readonly ambient: { readonly changed: readonly AmbientChange[]; readonly artifact: string | null };
  readonly files: {
    readonly read: readonly FileUse[];
    readonly written: readonly FileUse[];
    readonly removed: readonly FileUse[];
    readonly unwatched: readonly string[];
  };
  readonly used: {
    readonly network: boolean;
    readonly shell: boolean;
    readonly random: readonly string[];
    /** It looked for a figure of pyplot's that it had not made. */
    readonly figures?: boolean;
  };
  /** Display ids that its cells showed, and those that they updated. */
  readonly displays: { readonly shown: readonly DisplayUse[]; readonly updated: readonly DisplayUse[] };
  /** Packages that its code imports, with versions. */
  readonly modules: Readonly<Record<string, string>>;
  readonly local_modules: readonly string[];
  /** Most bytes of memory that the process had at once; null where the system does not say. */
  readonly maxrss?: number | null;
  readonly metrics?: readonly { readonly name: string; readonly value: Json }[];
}

export interface DisplayUse {
  readonly id: string;
  readonly cell?: string;
  readonly index?: number;
}

export interface Place {
  readonly name: string;
  readonly cell?: string;
  readonly index?: number;
  readonly line?: number | null;
}

export interface AmbientChange {
  readonly slot: string;
  /** A generator that nobody seeded or loaded: only draws changed it. */
  readonly drawn?: boolean;
  readonly cell?: string;
  /** Why the new state cannot be handed on. */
  readonly lost?: string;
  readonly index?: number;
  readonly line?: number | null;
}

export interface FileUse {
  readonly path: string;
  readonly cell?: string;
  /** Null where only a comparison of the folder showed it. */
  readonly line?: number | null;
  /** Only a comparison of the folder showed it: it may be the doing of a step beside this one. */
  readonly unseen?: boolean;
  /** False: it was asked for and was not there. */
  readonly exists?: boolean;
}

const nothing: Omit<Report, 'outcome'> = {
  needs: [],
  artifacts: [],
  unbound: [],
  missing: [],
  inputs_changed: [],
  definitions_changed: [],
  ambient: { changed: [], artifact: null },
  files: { read: [], written: [], removed: [], unwatched: [] },
  used: { network: false, shell: false, random: [] },
  displays: { shown: [], updated: [] },
  modules: {},
  local_modules: []
};

function fileUses(value: unknown): readonly FileUse[] {
  return Array.isArray(value) ? value.map(use => (typeof use === 'string' ? { path: use } : (use as FileUse))) : [];
}

/** The report of an attempt folder, null when there is none: the process ended before it could write one. */
export function readReport(folder: string): Report | null {
  const path = join(folder, 'report.json');
  if (!existsSync(path)) return null;
  const raw = JSON.parse(readFileSync(path, 'utf8')) as Partial<Report> & { outcome: Report['outcome'] };
  const files: Partial<Report['files']> = raw.files ?? {};
  return {
    ...nothing,
    ...raw,
    ambient: { ...nothing.ambient, ...raw.ambient },
    files: {
      read: fileUses(files.read),
      written: fileUses(files.written),
      removed: fileUses(files.removed),
      unwatched: files.unwatched ?? []
    },
    used: { ...nothing.used, ...raw.used }
  };
}

/** The runtime's reason in the words of the bridge, where `cell` is the index. */
export function reasonOf(report: Report, step: string): Reason {
  const { reason } = report;
  if (!reason) return { code: 'refused', message: 'The step was refused without a reason.', step };
  const { cell: _id, index, ...rest } = reason;
  return { ...rest, step, ...(index === undefined ? {} : { cell: index }) };
}
