/**
 * Abstract objects: one for each place in the notebook that makes an object. What matters of an object is what it
 * holds (so that a change inside is a change of everything that holds it) and which names reach it.
 */
import type { ClassDef, FunctionDef, GeneratorExp, Lambda } from '../python';
import type { Frame } from './frame';
import type { State, Undo } from './undo';

/** Kinds whose objects cannot change; they are shared singletons where nothing more is known of them. */
export type Immutable = 'none' | 'bool' | 'number' | 'str' | 'bytes' | 'scalar' | 'path' | 'lib' | 'builtin' | 'slice';

export type Kind =
  | Immutable
  | 'tuple'
  | 'list'
  | 'dict'
  | 'defaultdict'
  | 'set'
  | 'bytearray'
  | 'deque'
  | 'ndarray'
  | 'frame'
  | 'series'
  | 'index'
  | 'groupby'
  | 'estimator'
  | 'rng'
  | 'plot'
  | 'iterator'
  | 'generator'
  | 'file'
  | 'buffer'
  | 'zip'
  | 'view'
  | 'indexer'
  | 'function'
  | 'method'
  | 'partial'
  | 'class'
  | 'instance'
  | 'cells'
  | 'fresh'
  | 'unknown';

/** What an expression may give: one of these objects. */
export type Val = readonly Obj[];

export interface FunctionData {
  readonly node: FunctionDef | Lambda;
  readonly defaults: ReadonlyMap<string, Val>;
  /** Frame in which it was defined; null at module level. */
  readonly closure: Frame | null;
  readonly role: 'plain' | 'property' | 'static' | 'classmethod' | 'context';
  /** The class in whose body it stands. */
  readonly owner: Obj | null;
}

export interface ClassData {
  readonly node: ClassDef;
  readonly bases: readonly Obj[];
  /** Some base is not of the notebook: methods that are not found here may exist there. */
  readonly foreign: boolean;
  readonly dataclass: boolean;
  /** Metaclasses of the notebook, its bases' too. */
  readonly metas: readonly Obj[];
}

export type Data =
  | { readonly of: 'function'; readonly fn: FunctionData }
  | { readonly of: 'class'; readonly cls: ClassData }
  | { readonly of: 'instance'; readonly cls: Obj }
  /** A bound method: of an object, or of a library object. */
  | { readonly of: 'method'; readonly self: Val; readonly name: string; readonly fn: Obj | null }
  | { readonly of: 'partial'; readonly func: Val; readonly args: readonly Val[] }
  /** Dotted path of a module or of something in one. */
  | { readonly of: 'lib'; readonly path: string }
  | { readonly of: 'const'; readonly text: string }
  /** A tuple's members by position. */
  | { readonly of: 'items'; readonly items: readonly Val[] }
  /** What iteration gives, by position: `zip`, `enumerate`, `dict.items()`. */
  | { readonly of: 'rows'; readonly columns: readonly Val[]; readonly once?: true }
  /** A generator that has not run yet. */
  | { readonly of: 'pending'; readonly run: () => void }
  | { readonly of: 'generatorexp'; readonly node: GeneratorExp }
  | null;

export class Obj {
  /** Above zero while code runs that may run any number of times. */
  static repeating = 0;

  /** Stands for any number of objects: what is stored into it adds to what was there. */
  readonly many = Obj.repeating > 0;
  /** All its parts came by `put`: one that is replaced is no longer held. */
  keyed = false;
  /** What it holds, and twice the block since when; odd: surely, even: only possibly, or only possibly shared. */
  parts: Map<Obj, number> | null = null;
  holders: Set<Obj> | null = null;
  /** Global names that were bound to it at some time. */
  names: Set<string> | null = null;
  /** Of its parts, what an iterator draws from. */
  sources: Set<Obj> | null = null;
  /** Parts that were taken out or replaced. */
  former: Map<Obj, number> | null = null;
  /** The block that runs now; the machine sets it. */
  static now = 0;
  /** Objects and scopes made so far. */
  static serials = 0;
  /** Below this serial an object was there before the block that runs now. */
  private static older = 0;
  private static undo: Undo | null = null;
  /** The last block's run that has changed it, if it is older than that, and what it was before. */
  private touched: Undo | null = null;
  private before: State | null = null;
  /** Hears of each change of what an object or scope is or holds, by its serial. */
  static changed: (serial: number) => void = () => undefined;
  readonly serial = Obj.serials++;
  fields: Map<string, Val> | null = null;
  /** It holds things that nobody has seen. */
  opaque = false;
  inner: Obj | null = null;
  /** What an iterator or generator does when it is drawn from. */
  pending: (() => void) | null = null;
  /** What it is called, where it cannot leave its process. */
  bound: string | null = null;
  /** Functions that a call of this one may call instead. */
  others: Obj[] | null = null;
  /** Estimators and functions that draw from this RNG slot when they work. */
  draws: string | null = null;

  constructor(
    readonly kind: Kind,
    readonly data: Data = null
  ) {}

  /** A block begins: what older objects were is noted in `undo` before they change. */
  static begin(undo: Undo): void {
    Obj.older = Obj.serials;
    Obj.undo = undo;
  }

  get immutable(): boolean {
    return IMMUTABLE.has(this.kind);
  }

  /**
   * Goes before every change of its fields: the block that makes it can then be taken back. Gives what an object older
   * than the block was before: a collection that it still has is to be copied before it is changed.
   */
  private touch(): State | null {
    if (this.serial >= Obj.older || Obj.undo === null) return null;
    if (this.touched !== Obj.undo) {
      this.touched = Obj.undo;
      this.before = Obj.undo.keep(this);
    }
    return this.before;
  }

  private partsToChange(): Map<Obj, number> {
    const before = this.touch();
    if (this.parts === null) this.parts = new Map();
    else if (this.parts === before?.parts) this.parts = new Map(this.parts);
    return this.parts;
  }

  private formerToChange(): Map<Obj, number> {
    const before = this.touch();
    if (this.former === null) this.former = new Map();
    else if (this.former === before?.former) this.former = new Map(this.former);
    return this.former;
  }

  private holdersToChange(): Set<Obj> {
    const before = this.touch();
    if (this.holders === null) this.holders = new Set();
    else if (this.holders === before?.holders) this.holders = new Set(this.holders);
    return this.holders;
  }

  private fieldsToChange(): Map<string, Val> {
    const before = this.touch();
    if (this.fields === null) this.fields = new Map();
    else if (this.fields === before?.fields) this.fields = new Map(this.fields);
    return this.fields;
  }

  /** It was bound to a global name. */
  called(name: string): void {
    if (this.names?.has(name)) return;
    const before = this.touch();
    if (this.names === null) this.names = new Set();
    else if (this.names === before?.names) this.names = new Set(this.names);
    this.names.add(name);
  }

  /** A call of it may call the other instead. */
  callsToo(other: Obj): void {
    this.touch();
    this.others = [...(this.others ?? []), other];
    this.hold(other);
  }

  /** Stores under a key that says nothing about what was under it. */
  setField(key: string, val: Val): void {
    this.fieldsToChange().set(key, val);
  }

  forgetFields(): void {
    if (this.fields === null) return;
    this.touch();
    this.fields = null;
  }

  makeOpaque(): void {
    if (this.opaque) return;
    this.touch();
    this.opaque = true;
  }

  /** Two views of one thing: a change of either is one of the other. */
  share(other: Obj): void {
    this.hold(other);
    other.hold(this);
  }

  hold(part: Obj, surely = true): void {
    if (this.keyed) {
      this.touch();
      this.keyed = false;
    }
    if (part === this || part.immutable) return;
    const known = this.parts?.get(part);
    if (known !== undefined && (!surely || (known & 1) === 1)) return;
    this.partsToChange().set(part, known === undefined ? Obj.now * 2 + (surely ? 1 : 0) : known | 1);
    Obj.changed(this.serial);
    part.holdersToChange().add(this);
  }

  /** Stores under a key; `strong`: nothing else is under it afterwards. */
  put(key: string, val: Val, strong: boolean): void {
    this.touch();
    const keyed = this.keyed;
    this.holdAll(val);
    this.keyed = keyed;
    const fields = this.fieldsToChange();
    const old = fields.get(key);
    if (old === undefined || old.length !== val.length || old.some((o, i) => o !== val[i])) Obj.changed(this.serial);
    if (old === undefined || !strong || this.many) fields.set(key, old === undefined ? val : union([old, val]));
    else {
      fields.set(key, val);
      if (keyed) this.release(old);
    }
  }

  /** Takes a known key out; undefined: whether it is there is not known. */
  takeOut(key: string): Val | undefined {
    const val = this.fields?.get(key);
    if (val === undefined || !this.keyed || this.many) return undefined;
    this.fieldsToChange().delete(key);
    Obj.changed(this.serial);
    this.release(val);
    return val;
  }

  /** Nothing is in it any more. */
  empty(): void {
    if (this.parts === null && this.fields === null) return;
    this.touch();
    Obj.changed(this.serial);
    this.fields = null;
    if (this.many || this.opaque || this.parts === null) return;
    for (const p of [...this.parts.keys()]) this.drop(p);
    this.parts = null;
  }

  /** Adds what it held at some time before a block: later ones may meet both. */
  heldBefore(block: number, to: Obj[]): void {
    if (this.parts !== null) for (const [part, since] of this.parts) if (since >> 1 < block) to.push(part);
    if (this.former !== null) for (const [part, since] of this.former) if (since >> 1 < block) to.push(part);
  }

  holdsSurely(part: Obj): boolean {
    return ((this.parts?.get(part) ?? 0) & 1) === 1;
  }

  private drop(part: Obj): void {
    const since = this.parts!.get(part);
    if (since === undefined) return;
    this.partsToChange().delete(part);
    Obj.changed(this.serial);
    if (!this.former?.has(part)) this.formerToChange().set(part, since);
    if (part.holders?.has(this)) part.holdersToChange().delete(this);
  }

  private release(old: Val): void {
    for (const o of old) {
      if (o.immutable || [...this.fields!.values()].some(v => v.includes(o))) continue;
      if (this.parts !== null) this.drop(o);
    }
  }

  /** Holds what an iterator draws from: not an element of it, but moved on with it. */
  drawFrom(val: Val): void {
    for (const o of val) {
      if (o.immutable) continue;
      this.hold(o);
      this.touch();
      this.sources = new Set(this.sources).add(o);
    }
  }

  holdAll(val: Val, surely = true): void {
    for (const o of val) this.hold(o, surely);
  }

  /** What an element of it may be. */
  elements(): Val {
    if (this.data?.of === 'items') return union(this.data.items);
    if (this.sources !== null) {
      const seen = [...(this.parts?.keys() ?? [])].filter(p => !this.sources!.has(p));
      return this.opaque ? [...seen, this.inside()] : seen.length === 0 ? SCALAR : seen;
    }
    if (this.opaque) return this.parts === null ? [this.inside()] : [...this.parts.keys(), this.inside()];
    return this.parts === null ? SCALAR : [...this.parts.keys()];
  }

  /** The unseen thing inside. */
  inside(): Obj {
    if (this.inner === null) {
      this.touch();
      this.inner = new Obj('unknown');
      this.inner.opaque = true;
      this.hold(this.inner);
    }
    return this.inner;
  }
}

const IMMUTABLE: ReadonlySet<Kind> = new Set<Kind>([
  'none',
  'bool',
  'number',
  'str',
  'bytes',
  'scalar',
  'path',
  'lib',
  'builtin',
  'slice'
]);

export const NONE: Val = [new Obj('none')];
export const BOOL: Val = [new Obj('bool')];
export const NUMBER: Val = [new Obj('number')];
export const STR: Val = [new Obj('str')];
export const BYTES: Val = [new Obj('bytes')];
/** Immutable, of no known kind. */
export const SCALAR: Val = [new Obj('scalar')];
export const SLICE: Val = [new Obj('slice')];
export const PATH: Val = [new Obj('path')];
export const NOTHING: Val = [];

/** The array by another shape: the same memory, but no longer known to be of one dimension. */
export function reshaped(o: Obj): Obj {
  if (libPath(o) !== 'flat') return o;
  const view = fresh('ndarray');
  view.share(o);
  return view;
}

/** An object that was just made and shares nothing. */
export function fresh(kind: Kind, opaque = true): Obj {
  const o = new Obj(kind);
  o.opaque = opaque;
  return o;
}

/** Something of the process it was made in: a lock, a connection. */
export function stays(what: string, kind: Kind = 'unknown'): Obj {
  const o = fresh(kind);
  o.bound = what;
  return o;
}

export function unknown(): Obj {
  return fresh('unknown');
}

export function union(vals: readonly Val[]): Val {
  if (vals.length === 1) return vals[0]!;
  let size = 0;
  for (const val of vals) size += val.length;
  if (size > FEW) {
    const all = new Set<Obj>();
    for (const val of vals) for (const o of val) all.add(o);
    return [...all];
  }
  const out: Obj[] = [];
  for (const val of vals) for (const o of val) if (!out.includes(o)) out.push(o);
  return out;
}

/** Up to so many a list is quicker than a set; almost all values are one object or two. */
const FEW = 16;

/** The text of a string whose value is known. */
export function constText(val: Val): string | null {
  if (val.length !== 1) return null;
  const data = val[0]!.data;
  return data?.of === 'const' ? data.text : null;
}

/** Dotted path of a library object, if that is what it is. */
export function libPath(o: Obj): string | null {
  return o.data?.of === 'lib' ? o.data.path : null;
}

export function isKind(val: Val, ...kinds: readonly Kind[]): boolean {
  return val.length > 0 && val.every(o => kinds.includes(o.kind));
}

const IN_ARRAYS: ReadonlySet<Kind> = new Set([
  'list',
  'dict',
  'defaultdict',
  'set',
  'deque',
  'instance',
  'bytearray'
] as const);

/** Objects that an array of dtype object has been given: its items, and those of its copies. */
export function inArray(val: Iterable<Obj>): Obj[] {
  return [...val].filter(o => IN_ARRAYS.has(o.kind));
}
