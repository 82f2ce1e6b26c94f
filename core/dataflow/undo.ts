/**
 * What takes a block back and does it again: each thing older than the block that it has changed, with its other state
 * (the one before while the block stands, the one after while it is taken back). Swaps references, so either way costs
 * what the block has changed, not what there is.
 */
import type { Binding } from './facts';
import type { Frame } from './frame';
import type { Obj, Val } from './objects';
import { type Env, Globals, type Trail } from './trail';

/** What can change of an object. */
export interface State {
  keyed: boolean;
  opaque: boolean;
  parts: Map<Obj, number> | null;
  holders: Set<Obj> | null;
  names: Set<string> | null;
  sources: Set<Obj> | null;
  former: Map<Obj, number> | null;
  fields: Map<string, Val> | null;
  inner: Obj | null;
  pending: (() => void) | null;
  bound: string | null;
  others: Obj[] | null;
  draws: string | null;
}

/** Field by field: this runs for each object that a block behind an edit has changed. */
function exchange(a: State, b: State): void {
  const { keyed, opaque, parts, holders, names, sources, former, fields, inner, pending, bound, others, draws } = a;
  a.keyed = b.keyed;
  a.opaque = b.opaque;
  a.parts = b.parts;
  a.holders = b.holders;
  a.names = b.names;
  a.sources = b.sources;
  a.former = b.former;
  a.fields = b.fields;
  a.inner = b.inner;
  a.pending = b.pending;
  a.bound = b.bound;
  a.others = b.others;
  a.draws = b.draws;
  b.keyed = keyed;
  b.opaque = opaque;
  b.parts = parts;
  b.holders = holders;
  b.names = names;
  b.sources = sources;
  b.former = former;
  b.fields = fields;
  b.inner = inner;
  b.pending = pending;
  b.bound = bound;
  b.others = others;
  b.draws = draws;
}

export interface ChangedSlot {
  readonly env: Env<unknown>;
  readonly name: string;
  other: unknown;
}

export class Undo {
  readonly objects = new Map<Obj, State>();
  readonly frames: { readonly frame: Frame; other: Obj | null }[] = [];
  /** Older bindings that the block has marked as changed. */
  readonly bindings: Binding[] = [];
  private readonly inGlobals = new Map<string, ChangedSlot>();
  private readonly slots: ChangedSlot[] = [];
  /** A function's variable is gone: taking that back would not restore its place among the others. */
  lossy = false;

  /** Called before the first change of an object. Whoever changes a collection of it copies that first. */
  keep(o: Obj): State {
    const { keyed, opaque, parts, holders, names, sources, former, fields, inner, pending, bound, others, draws } = o;
    const before = {
      keyed,
      opaque,
      parts,
      holders,
      names,
      sources,
      former,
      fields,
      inner,
      pending,
      bound,
      others,
      draws
    };
    this.objects.set(o, before);
    return before;
  }

  /** Takes over what the trail has, as far as it is about scopes with a serial below `first`. */
  take(trail: Trail, first: number): void {
    const seen = new Map<Env<unknown>, Set<string>>();
    for (const { env, name, old } of trail.cut()) {
      if (env.serial >= first) continue;
      let names = seen.get(env);
      if (names === undefined) seen.set(env, (names = new Set()));
      if (names.has(name)) continue;
      names.add(name);
      if (env.peek(name) !== old) this.add(env, name, old);
    }
    this.lossy = this.slots.some(s => s.other !== undefined && s.env.peek(s.name) === undefined);
  }

  private add(env: Env<unknown>, name: string, other: unknown): void {
    const slot: ChangedSlot = { env, name, other };
    if (env instanceof Globals) this.inGlobals.set(name, slot);
    else this.slots.push(slot);
  }

  /** Global names that it binds, changes or unbinds. */
  get names(): ReadonlyMap<string, ChangedSlot> {
    return this.inGlobals;
  }

  /** Variables of older functions that it changes. */
  get locals(): readonly ChangedSlot[] {
    return this.slots;
  }

  /** While the block stands: it leaves another slot than it did. */
  leave(globals: Env<unknown>, name: string, slot: unknown): void {
    if (!this.inGlobals.has(name)) this.add(globals, name, globals.peek(name));
    globals.restore(name, slot);
  }

  /** While the block stands: it leaves the name as it was before, after all. */
  leaveAlone(globals: Env<unknown>, name: string): void {
    const slot = this.inGlobals.get(name);
    if (slot === undefined) return;
    this.inGlobals.delete(name);
    globals.restore(name, slot.other);
  }

  back(): void {
    for (let i = this.slots.length - 1; i >= 0; i--) swap(this.slots[i]!);
    this.rest();
    for (const b of this.bindings) b.changed = false;
  }

  again(): void {
    for (const slot of this.slots) swap(slot);
    this.rest();
    for (const b of this.bindings) b.changed = true;
  }

  private rest(): void {
    for (const slot of this.inGlobals.values()) swap(slot);
    for (const [o, other] of this.objects) exchange(o, other);
    for (const f of this.frames) {
      const now = f.frame.cells;
      f.frame.cells = f.other;
      f.other = now;
    }
  }
}

function swap(slot: ChangedSlot): void {
  const now = slot.env.peek(slot.name);
  slot.env.restore(slot.name, slot.other);
  slot.other = now;
}
