/** What is known of each block when it has run: the material of edges, loads and diagnostics. */
import type { Diagnostic } from '../api';
import type { Obj, Val } from './objects';
import type { Cell } from './types';

/** A place in a cell; turned into line and column only when it is shown. */
export interface Place {
  readonly cell: Cell;
  readonly offset: number;
  readonly end: number;
}

export type BindingKind = 'import' | 'def' | 'class' | 'literal' | 'parameter' | 'star' | 'other';

/** One statement that binds a name at module level. */
export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  readonly block: number;
  readonly place: Place;
  /** Top-level statement of its cell, by index: what would be replayed. */
  readonly statement: number;
  /** Bindings that its definition reads when it runs (decorators, defaults, bases); null: something not replayable. */
  reads: Set<Binding> | null;
  /** Bound by every way through its top-level statement. */
  readonly surely: boolean;
  /** The object was changed at some time while it had this name. */
  changed: boolean;
}

/** A global name at one moment. */
export interface Slot {
  readonly vals: Val;
  /** Block that bound it or changed its object last. */
  readonly block: number;
  readonly at: Place;
  /** The last publication is only a possible change. */
  readonly possible: boolean;
  /** Bound on every way that led here. */
  readonly certain: boolean;
  readonly bindings: readonly Binding[];
  /** Published by a change, not by a binding. */
  readonly changed: boolean;
  /** Slots of earlier blocks that come through where this block has bound the name on some ways only. */
  readonly through: readonly Slot[];
}

export interface Take {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  possible: boolean;
  readonly written: Place;
  readonly read: Place;
  readonly bindings: readonly Binding[];
  readonly changed: boolean;
  /** Only to hand the value on, where the block has bound the name on some ways: it matters if somebody takes that. */
  passing: boolean;
}

export type FileUse = { readonly path: string; readonly write: boolean; readonly block: number; readonly at: Place };

/** `set`: overwritten without being used; `draw`: used and changed; `change`: an option changed. */
export interface AmbientUse {
  readonly slot: string;
  readonly use: 'set' | 'draw' | 'change';
  readonly block: number;
  readonly at: Place;
  readonly possible: boolean;
}

export interface Unresolved {
  readonly name: string;
  readonly block: number;
  readonly at: Place;
  /** A branch, a function body, a handler: it may never be read. */
  readonly possible: boolean;
}

export interface ModuleChange {
  readonly path: string;
  readonly block: number;
  readonly at: Place;
  readonly statement: number;
}

export interface Load {
  from: number;
  possible: boolean;
  /** As of a `Take`. */
  passing: boolean;
}

export interface Star {
  readonly module: string;
  readonly block: number;
  readonly binding: Binding;
}

/** A statement that sets something in the process. */
export interface Setting {
  readonly cell: Cell;
  readonly statement: number;
}

/** What one block took, gave and touched. Belongs to the block alone: another run of it replaces the whole. */
export class Facts {
  /** By the block it is from and the name. */
  readonly takes = new Map<string, Take>();
  /** Names it holds a value of, from where. */
  readonly loads = new Map<string, Load>();
  /** The objects of a loaded name as they were when it was loaded. */
  readonly loaded = new Map<string, Val>();
  readonly imports = new Set<string>();
  readonly uncacheable = new Set<string>();
  /** Names that it binds or changes. */
  readonly binds = new Set<string>();
  readonly files: FileUse[] = [];
  readonly ambient: AmbientUse[] = [];
  /** Reads of IPython's names for earlier inputs and outputs. */
  readonly history: { readonly name: string; readonly block: number; readonly at: Place }[] = [];
  readonly unresolved: Unresolved[] = [];
  /** Sets whose order it went by. */
  readonly ordered: { readonly set: Obj; readonly block: number; readonly at: Place }[] = [];
  readonly moduleChanges: ModuleChange[] = [];
  /** Functions with kept results and effects that it calls, by what they are. */
  readonly cached = new Map<string, { readonly name: string; readonly effect: string; readonly at: Place }>();
  readonly stars: Star[] = [];
  readonly settings: Setting[] = [];
  /** Cells of which an earlier run knew more, by their text. */
  readonly recalled: { readonly source: string; readonly diagnostic: Diagnostic }[] = [];
  /** Where it looks into the namespace by other means than names. */
  dynamic: Place | null = null;
  /** Its first place; null: it has no cell. */
  start: Place | null = null;
}
