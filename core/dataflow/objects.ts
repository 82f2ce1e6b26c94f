/**
 * Abstract objects: one for each place in the notebook that makes an object. What matters of an object is what it
 * holds (so that a change inside is a change of everything that holds it) and which names reach it.
 */
import type { ClassDef, FunctionDef, GeneratorExp, Lambda } from '../python';
import type { Frame } from './frame';

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
  | { readonly of: 'rows'; readonly columns: readonly Val[] }
  /** A generator that has not run yet. */
  | { readonly of: 'pending'; readonly run: () => void }
  | { readonly of: 'generatorexp'; readonly node: GeneratorExp }
  | null;

export class Obj {
  /** What it holds; false: only possibly, or only possibly shared. */
  parts: Map<Obj, boolean> | null = null;
  holders: Set<Obj> | null = null;
  /** Global names that were bound to it at some time. */
  names: Set<string> | null = null;
  fields: Map<string, Val> | null = null;
  /** It holds things that nobody has seen. */
  opaque = false;
  inner: Obj | null = null;
  /** Estimators and functions that draw from this RNG slot when they work. */
  draws: string | null = null;

  constructor(
    readonly kind: Kind,
    readonly data: Data = null
  ) {}

  get immutable(): boolean {
    return IMMUTABLE.has(this.kind);
  }

  hold(part: Obj, surely = true): void {
    if (part === this || part.immutable) return;
    this.parts ??= new Map();
    const known = this.parts.get(part);
    if (known === true || known === surely) return;
    this.parts.set(part, surely);
    part.holders ??= new Set();
    part.holders.add(this);
  }

  holdAll(val: Val, surely = true): void {
    for (const o of val) this.hold(o, surely);
  }

  /** What an element of it may be. */
  elements(): Val {
    if (this.data?.of === 'items') return union(this.data.items);
    if (this.opaque) return this.parts === null ? [this.inside()] : [...this.parts.keys(), this.inside()];
    return this.parts === null ? SCALAR : [...this.parts.keys()];
  }

  /** The unseen thing inside. */
  inside(): Obj {
    if (this.inner === null) {
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

/** An object that was just made and shares nothing. */
export function fresh(kind: Kind, opaque = true): Obj {
  const o = new Obj(kind);
  o.opaque = opaque;
  return o;
}

export function unknown(): Obj {
  return fresh('unknown');
}

export function union(vals: readonly Val[]): Val {
  if (vals.length === 1) return vals[0]!;
  const out: Obj[] = [];
  for (const val of vals) for (const o of val) if (!out.includes(o)) out.push(o);
  return out;
}

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
