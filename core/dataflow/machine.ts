/**
 * The state of the abstract run through a notebook, block by block: which names are bound to which objects, which
 * block published them last, and what each block had to take from which other. The statement and expression rules
 * drive it; it knows nothing of syntax.
 */
import type { Cell, Context } from './types';
import type { Stmt } from '../python';
import { type Binding, Facts, type Place, type Slot } from './facts';
import type { Frame, LocalSlot } from './frame';
import { Memo } from './memo';
import { Obj, type Val, union } from './objects';
import { Env, Globals, type Outcome, Trail } from './trail';
import { Undo } from './undo';

export type { Binding, BindingKind, Place, Slot, Take } from './facts';

export interface Way {
  readonly outcome: Outcome;
}

/** Where `break`, `continue`, `return` leave to. */
export interface Exit {
  readonly kind: 'loop' | 'function';
  readonly mark: number;
  /** How many `finally` suites stand around it. */
  readonly finals: number;
  readonly breaks: Way[];
  /** Of a function: where it yields. */
  readonly continues: Way[];
  readonly values: Val[];
}

/** Beyond so many objects looked at, a cell counts as one that may change everything. */
const WALKED_PER_CELL = 50_000;

/** Calls followed for one cell at most. */
const CALLS_PER_CELL = 500;
/** What each cell may follow in any case, and what all cells of the notebook share beyond that. */
const SURE_CALLS = 30;
export const SHARED_CALLS = 4000;

export class Machine {
  readonly trail = new Trail();
  readonly globals: Globals<Slot>;
  /** Global names read while a definition is being made; null when none is. */
  defining: { reads: Set<Binding>; plain: boolean } | null = null;

  /** Calls of `globals()` whose use says which name is meant. */
  readonly namespaceAccess = new WeakSet<object>();

  block = 0;
  /** Of the block at hand. */
  facts = new Facts();
  private undo = new Undo();
  /** Objects with this serial or a higher one were made by the block at hand. */
  firstSerial = 0;
  cell!: Cell;
  statement = 0;
  site: Place = null as unknown as Place;
  /** Depth of calls into the notebook's functions; 0 is the cell's own code. */
  depth = 0;
  /** Inside a branch, a loop, a handler, a function: what happens here may not happen. */
  maybe = 0;
  readonly exits: Exit[] = [];
  /** `finally` suites that a `return`, `break` or `continue` runs on its way out. */
  readonly finals: (readonly Stmt[])[] = [];
  readonly active: unknown[] = [];
  readonly memo = new Memo();
  /** Objects looked at to find who sees a change, and what a call may run. */
  private walked = 0;
  /** The block that was taken to call whatever there is. */
  calledAll = -1;
  private budget = CALLS_PER_CELL;
  private shared = SHARED_CALLS;
  private usedFrom = SHARED_CALLS;

  constructor(public context: Context) {
    this.globals = new Globals<Slot>(this.trail, (name, ways) => this.joinGlobal(name, ways));
  }

  // What the block at hand is known to do

  get files(): Facts['files'] {
    return this.facts.files;
  }

  get ambient(): Facts['ambient'] {
    return this.facts.ambient;
  }

  get history(): Facts['history'] {
    return this.facts.history;
  }

  get unresolved(): Facts['unresolved'] {
    return this.facts.unresolved;
  }

  get moduleChanges(): Facts['moduleChanges'] {
    return this.facts.moduleChanges;
  }

  get stars(): Facts['stars'] {
    return this.facts.stars;
  }

  get imports(): Facts['imports'] {
    return this.facts.imports;
  }

  get uncacheable(): Facts['uncacheable'] {
    return this.facts.uncacheable;
  }

  get binds(): Facts['binds'] {
    return this.facts.binds;
  }

  /** `shared`: calls that the blocks before have left. */
  startBlock(index: number, shared: number): void {
    this.block = index;
    Obj.now = index;
    this.firstSerial = Obj.serials;
    this.undo = new Undo();
    Obj.begin(this.undo);
    this.memo.begin();
    this.facts = new Facts();
    this.globals.reads = new Set();
    this.globals.listed = false;
    this.shared = shared;
    this.usedFrom = shared;
  }

  startCell(cell: Cell): void {
    this.cell = cell;
    this.facts.start ??= { cell, offset: 0, end: 0 };
    this.budget = CALLS_PER_CELL;
    this.walked = 0;
  }

  /** A frame that may be older than the block gets an object for its variables. */
  giveCells(frame: Frame, cells: Obj): void {
    if (frame.env.serial < this.firstSerial) this.undo.frames.push({ frame, other: frame.cells });
    frame.cells = cells;
  }

  private changed(binding: Binding): void {
    if (binding.changed) return;
    if (binding.block !== this.block) this.undo.bindings.push(binding);
    binding.changed = true;
  }

  /** False when a cell's calls fan out too far to follow: the caller then treats the call as unknown. */
  spend(): boolean {
    if (this.entangled) return false;
    this.budget--;
    if (this.budget < CALLS_PER_CELL - SURE_CALLS && --this.shared <= 0) return false;
    return this.budget > 0;
  }

  /** So many objects of the cell hang together that nothing more of it is followed. */
  get entangled(): boolean {
    return this.walked > WALKED_PER_CELL;
  }

  /** That many objects were looked at. */
  look(objects: number): void {
    this.walked += objects;
  }

  /** Offsets inside called functions say nothing about the cell at hand: there the call is the place. */
  here(node: { readonly start: number; readonly end: number }): Place {
    if (this.depth === 0) this.site = { cell: this.cell, offset: node.start, end: node.end };
    return this.site;
  }

  localEnv(): Env<LocalSlot> {
    return new Env<LocalSlot>(this.trail, (_, ways) => joinLocal(ways));
  }

  /** The order in which these give their elements shows. */
  inOrder(vals: Val, at: Place): void {
    for (const o of vals)
      if (o.kind === 'set' && o.names !== null) this.facts.ordered.push({ set: o, block: this.block, at });
  }

  // Names

  read(name: string, place: Place): Slot | undefined {
    const slot = this.globals.get(name);
    if (slot === undefined) return undefined;
    this.take(name, slot, place);
    for (const old of slot.through) this.take(name, old, place);
    if (this.defining !== null) for (const b of slot.bindings) this.defining.reads.add(b);
    return slot;
  }

  /** The current block needs the name as it is now. */
  take(name: string, slot: Slot, read: Place, possible = false, passing = false): void {
    if (slot.block === this.block) return;
    const key = `${slot.block} ${name}`;
    const maybe = possible || slot.possible;
    const known = this.facts.takes.get(key);
    if (known === undefined) {
      this.facts.takes.set(key, {
        from: slot.block,
        to: this.block,
        name,
        possible: maybe,
        written: slot.at,
        read,
        bindings: slot.bindings,
        changed: slot.changed,
        passing
      });
    } else {
      if (!maybe) known.possible = false;
      if (!passing) known.passing = false;
    }
    this.load(name, slot.block, maybe, passing);
  }

  /** The block must hold the name, whether or not its code mentions it. */
  load(name: string, from: number, possible: boolean, passing = false): void {
    const { loads } = this.facts;
    const known = loads.get(name);
    if (known === undefined) {
      loads.set(name, { from, possible, passing });
      this.facts.loaded.set(name, this.globals.get(name)?.vals ?? []);
    } else {
      if (!possible) known.possible = false;
      if (!passing) known.passing = false;
    }
  }

  bind(name: string, vals: Val, place: Place, binding: Binding): void {
    for (const o of vals) if (!o.immutable) o.called(name);
    this.facts.binds.add(name);
    this.globals.set(name, {
      vals,
      block: this.block,
      at: place,
      possible: false,
      certain: true,
      bindings: [binding],
      changed: false,
      through: []
    });
  }

  /** Code that is not followed may have bound the name. */
  mayBind(name: string, vals: Val, place: Place): void {
    const binding: Binding = {
      name,
      kind: 'other',
      block: this.block,
      place,
      statement: this.statement,
      reads: null,
      surely: false,
      changed: true
    };
    this.ways([
      () => true,
      () => {
        this.bind(name, vals, place, binding);
        return true;
      }
    ]);
  }

  unbind(name: string, place: Place): void {
    const slot = this.globals.get(name);
    if (slot === undefined) return;
    this.take(name, slot, place);
    for (const old of slot.through) this.take(name, old, place);
    this.facts.binds.add(name);
    this.globals.set(name, undefined);
  }

  /**
   * Objects were changed in place. Every name that reaches one of them is published by this block; surely so if it
   * reaches all that it may have been.
   */
  change(vals: Val, place: Place, surely = true): void {
    const mutable = vals.filter(o => !o.immutable);
    if (mutable.length === 0) return;
    if (this.entangled) {
      this.changeAll(place);
      return;
    }
    let reached: Map<string, number> | null = null;
    for (const o of mutable) {
      if (o.names === null && o.holders === null) continue;
      if (!surely && (o.kind === 'function' || o.kind === 'class')) continue;
      for (const [name, strong] of this.reaching(o)) {
        reached ??= new Map();
        reached.set(name, (reached.get(name) ?? 0) + (strong ? 1 : 0));
      }
    }
    if (reached === null) return;
    for (const [name, count] of reached) {
      const slot = this.globals.get(name)!;
      const certain = surely && count === mutable.length;
      if (slot.block !== this.block) this.load(name, slot.block, slot.possible);
      this.facts.binds.add(name);
      for (const b of slot.bindings) if (certain || b.kind !== 'import') this.changed(b);
      if (slot.block === this.block && (!certain || (slot.changed && !slot.possible))) continue;
      this.globals.set(name, {
        ...slot,
        block: this.block,
        at: place,
        possible: !certain && (slot.block !== this.block || slot.possible),
        changed: true
      });
    }
  }

  /** A cell too entangled to follow: it may have changed whatever there is. */
  private changeAll(place: Place): void {
    for (const name of this.globals.sorted()) {
      const slot = this.globals.get(name)!;
      if (slot.block === this.block) continue;
      if (slot.vals.every(o => o.immutable || o.kind === 'function' || o.kind === 'class')) continue;
      this.load(name, slot.block, slot.possible);
      this.facts.binds.add(name);
      for (const b of slot.bindings) if (b.kind !== 'import') this.changed(b);
      this.globals.set(name, { ...slot, block: this.block, at: place, possible: true, changed: true });
    }
  }

  /** Global names through which the object can be seen now; false: only possibly. */
  reaching(o: Obj): Map<string, boolean> {
    const out = new Map<string, boolean>();
    if (o.holders === null) {
      for (const name of o.names ?? []) {
        const slot = this.globals.get(name);
        if (slot?.vals.includes(o)) out.set(name, slot.vals.length === 1);
      }
      return out;
    }
    const seen = new Map<Obj, boolean>([[o, true]]);
    const todo: Obj[] = [o];
    while (todo.length > 0) {
      const at = todo.pop()!;
      const strong = seen.get(at)!;
      if (at.names !== null) {
        for (const name of at.names) {
          const slot = this.globals.get(name);
          if (slot?.vals.includes(at)) out.set(name, (out.get(name) ?? false) || (strong && slot.vals.length === 1));
        }
      }
      if (at.holders === null) continue;
      for (const holder of at.holders) {
        const link = strong && holder.holdsSurely(at);
        const known = seen.get(holder);
        if (known === undefined || (!known && link)) {
          seen.set(holder, link);
          todo.push(holder);
        }
      }
    }
    this.look(seen.size);
    return out;
  }

  // Ways through a statement

  /** Runs the ways from the same state and joins those that come out at the end. False if none does. */
  ways(runs: readonly (() => boolean)[]): boolean {
    const outs: Outcome[] = [];
    for (const run of runs) {
      const mark = this.trail.mark;
      if (run()) outs.push(this.trail.outcome(mark));
      this.trail.rollback(mark);
    }
    this.merge(outs);
    return outs.length > 0;
  }

  /** Takes over what the ways have bound, joined; a way that does not touch a name leaves it as it is. */
  merge(outs: readonly Outcome[]): void {
    if (outs.length === 0) return;
    if (outs.length === 1) {
      // One way only: what it bound is what holds.
      for (const [env, names] of outs[0]!)
        for (const [name, slot] of names) if (slot !== env.get(name)) env.set(name, slot);
      return;
    }
    const envs = new Map<Env<unknown>, Set<string>>();
    for (const out of outs) {
      for (const [env, names] of out) {
        let all = envs.get(env);
        if (all === undefined) envs.set(env, (all = new Set()));
        for (const name of names.keys()) all.add(name);
      }
    }
    for (const [env, names] of envs) {
      for (const name of names) {
        const before = env.get(name);
        const slots = outs.map(out => {
          const bound = out.get(env);
          return bound?.has(name) ? bound.get(name) : before;
        });
        const joined = env.join(name, slots);
        if (joined !== before) env.set(name, joined);
      }
    }
  }

  private joinGlobal(name: string, ways: readonly (Slot | undefined)[]): Slot | undefined {
    const slots = ways.filter(s => s !== undefined);
    if (slots.length === 0) return undefined;
    const first = slots[0]!;
    if (slots.length === ways.length && slots.every(s => s === first)) return first;
    // Slots of this block come last: its own place is what a later reader is shown.
    const own = slots.filter(s => s.block === this.block);
    const last = own.find(s => !s.possible) ?? own[0] ?? first;
    const certain = slots.length === ways.length && slots.every(s => s.certain);
    const through: Slot[] = [];
    if (own.length > 0) {
      // Where the ways only changed the object, the read before the change has taken it already.
      const bound = own.some(s => !s.changed);
      for (const s of slots) {
        if (s.block !== this.block) {
          if (bound) through.push(s);
          else this.load(name, s.block, s.possible);
        } else for (const t of s.through) if (!through.includes(t)) through.push(t);
      }
    }
    const bindings: Binding[] = [];
    for (const s of slots) for (const b of s.bindings) if (!bindings.includes(b)) bindings.push(b);
    const vals = union(slots.map(s => s.vals));
    return {
      vals,
      block: last.block,
      at: last.at,
      possible: own.length > 0 ? own.every(s => s.possible) : slots.some(s => s.possible),
      certain,
      bindings,
      changed: slots.some(s => s.changed),
      through
    };
  }

  /**
   * Ends the block: what was bound on some ways only hands the old value on as well. Gives what is needed to take the
   * block back and how many of the shared calls it has used.
   */
  endBlock(): { undo: Undo; used: number } {
    for (const name of this.facts.binds) {
      const slot = this.globals.get(name);
      if (slot === undefined || slot.through.length === 0) continue;
      for (const old of slot.through) this.take(name, old, slot.at, false, true);
      this.globals.set(name, { ...slot, through: [] });
    }
    this.lookAround();
    this.undo.take(this.trail, this.firstSerial);
    return { undo: this.undo, used: this.usedFrom - this.shared };
  }

  /** A block that looks into the namespace by other means than names may read all that is bound. */
  private lookAround(): void {
    const place = this.facts.dynamic;
    if (place === null) return;
    for (const name of this.globals.sorted()) {
      const slot = this.globals.get(name)!;
      if (slot.block !== this.block && !slot.bindings.every(b => b.kind === 'import'))
        this.take(name, slot, place, true);
    }
  }
}

function joinLocal(ways: readonly (LocalSlot | undefined)[]): LocalSlot | undefined {
  const slots = ways.filter(s => s !== undefined);
  if (slots.length === 0) return undefined;
  const first = slots[0]!;
  if (slots.length === ways.length && slots.every(s => s === first)) return first;
  return {
    vals: union(slots.map(s => s.vals)),
    certain: slots.length === ways.length && slots.every(s => s.certain)
  };
}
