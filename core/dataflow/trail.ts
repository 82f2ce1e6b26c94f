/**
 * Scopes that can be rolled back: a branch is tried, its bindings are taken down, and the state before it restored,
 * so that all ways through a statement start from the same state and are joined at its end.
 */
import { Obj } from './objects';

export interface Change {
  readonly env: Env<unknown>;
  readonly name: string;
  readonly old: unknown;
}

/** What one way through a statement has bound: final slots (undefined: unbound) of each touched scope. */
export type Outcome = ReadonlyMap<Env<unknown>, ReadonlyMap<string, unknown>>;

/** Every slot that a name had at some time, the one before it first. */
export type Seen = Map<Env<unknown>, Map<string, unknown[]>>;

export class Trail {
  private changes: Change[] = [];
  private readonly watchers: Seen[] = [];

  get mark(): number {
    return this.changes.length;
  }

  /** Records what is bound from now on, also on ways that lead nowhere: a handler may see any of it. */
  watch(): Seen {
    const seen: Seen = new Map();
    this.watchers.push(seen);
    return seen;
  }

  unwatch(seen: Seen): void {
    this.watchers.splice(this.watchers.indexOf(seen), 1);
  }

  note(env: Env<unknown>, name: string, old: unknown, slot: unknown): void {
    if (old !== slot) Obj.changed(env.serial);
    this.changes.push({ env, name, old });
    for (const seen of this.watchers) {
      let names = seen.get(env);
      if (names === undefined) {
        names = new Map();
        seen.set(env, names);
      }
      const slots = names.get(name);
      if (slots === undefined) names.set(name, [old, slot]);
      else if (!slots.includes(slot)) slots.push(slot);
    }
  }

  /** Hands over all changes, oldest first, and begins anew. */
  cut(): readonly Change[] {
    const { changes } = this;
    this.changes = [];
    return changes;
  }

  /** What has been bound since the mark. */
  outcome(mark: number): Outcome {
    const out = new Map<Env<unknown>, Map<string, unknown>>();
    for (let i = mark; i < this.changes.length; i++) {
      const { env, name } = this.changes[i]!;
      let names = out.get(env);
      if (names === undefined) {
        names = new Map();
        out.set(env, names);
      }
      if (!names.has(name)) names.set(name, env.get(name));
    }
    return out;
  }

  rollback(mark: number): void {
    for (let i = this.changes.length - 1; i >= mark; i--) {
      const { env, name, old } = this.changes[i]!;
      Obj.changed(env.serial);
      env.restore(name, old);
    }
    this.changes.length = mark;
  }
}

export class Env<S> {
  private readonly slots = new Map<string, S>();
  readonly serial = Obj.serials++;

  constructor(
    private readonly trail: Trail,
    /** Joins what several ways gave; `undefined` where a way left the name unbound. */
    readonly join: (name: string, ways: readonly (S | undefined)[]) => S | undefined
  ) {}

  get(name: string): S | undefined {
    return this.slots.get(name);
  }

  /** As `get`, but not a read of the notebook's. */
  peek(name: string): S | undefined {
    return this.slots.get(name);
  }

  set(name: string, slot: S | undefined): void {
    this.trail.note(this as Env<unknown>, name, this.slots.get(name), slot);
    if (slot === undefined) this.slots.delete(name);
    else this.slots.set(name, slot);
  }

  restore(name: string, slot: unknown): void {
    if (slot === undefined) this.slots.delete(name);
    else this.slots.set(name, slot as S);
  }

  names(): IterableIterator<string> {
    return this.slots.keys();
  }
}

/** The notebook's own names. What a block looks up decides whether it must run again when another name differs. */
export class Globals<S> extends Env<S> {
  reads = new Set<string>();
  /** It went through all names. */
  listed = false;

  override get(name: string): S | undefined {
    this.reads.add(name);
    return super.get(name);
  }

  /** All names that are bound, in an order that does not tell which was bound first. */
  sorted(): readonly string[] {
    this.listed = true;
    return [...this.names()].sort();
  }
}
