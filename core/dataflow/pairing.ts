/**
 * Whether two runs of one block, from the same state, have done the same: the objects that one has made are paired with
 * those of the other, and all that can be seen of a pair must be the same or paired in turn. What is in doubt is not
 * the same.
 */
import type { Binding, Place, Slot } from './facts';
import type { Frame, LocalSlot } from './frame';
import type { Data, FunctionData, Obj, Val } from './objects';
import type { State } from './undo';

/** Serials of what a run has made. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

const within = (span: Span, serial: number): boolean => serial >= span.first && serial < span.last;

export class Pairing {
  private readonly objects = new Map<Obj, Obj>();
  private readonly olds = new Map<Obj, Obj>();
  private readonly frames = new Map<Frame, Frame>();
  private readonly bindings = new Map<Binding, Binding>();
  private readonly oldBindings = new Map<Binding, Binding>();
  private readonly places = new Map<Place, Place>();
  private todo: (() => boolean)[] = [];

  constructor(
    private readonly block: number,
    private readonly old: Span,
    private readonly now: Span
  ) {}

  /** Compares what the pairs made so far hold, and what that holds. */
  settle(): boolean {
    for (let next = this.todo.pop(); next !== undefined; next = this.todo.pop()) if (!next()) return false;
    return true;
  }

  /** The old run's object for one of the new run; itself where it has none. */
  oldOf(o: Obj): Obj {
    return this.olds.get(o) ?? o;
  }

  oldBinding(b: Binding): Binding {
    return this.oldBindings.get(b) ?? b;
  }

  isNew(o: Obj): boolean {
    return within(this.now, o.serial);
  }

  /** Gives what the old run has made the new one's places in the notebook. */
  move(): void {
    for (const [old, now] of this.places) Object.assign(old, now);
    for (const [old, now] of this.bindings) Object.assign(old, { statement: now.statement });
  }

  slot(a: Slot | undefined, b: Slot | undefined): boolean {
    if (a === b) return true;
    if (a === undefined || b === undefined) return false;
    return (
      a.block === b.block &&
      a.possible === b.possible &&
      a.certain === b.certain &&
      a.changed === b.changed &&
      a.through.length === b.through.length &&
      a.bindings.length === b.bindings.length &&
      this.vals(a.vals, b.vals) &&
      this.place(a.block, a.at, b.at) &&
      a.through.every((s, i) => this.slot(s, b.through[i])) &&
      a.bindings.every((x, i) => this.binding(x, b.bindings[i]!))
    );
  }

  local(a: LocalSlot | undefined, b: LocalSlot | undefined): boolean {
    if (a === b) return true;
    return a !== undefined && b !== undefined && a.certain === b.certain && this.vals(a.vals, b.vals);
  }

  private place(block: number, a: Place, b: Place): boolean {
    if (a === b) return true;
    if (block !== this.block) return false;
    const known = this.places.get(a);
    if (known === undefined) {
      this.places.set(a, b);
      return true;
    }
    return known.cell === b.cell && known.offset === b.offset && known.end === b.end;
  }

  binding(a: Binding, b: Binding): boolean {
    if (a === b) return true;
    const known = this.bindings.get(a);
    if (known !== undefined) return known === b;
    if (a.block !== this.block || b.block !== this.block || this.oldBindings.has(b)) return false;
    if (a.name !== b.name || a.kind !== b.kind || a.surely !== b.surely || a.changed !== b.changed) return false;
    if (!this.place(a.block, a.place, b.place)) return false;
    this.bindings.set(a, b);
    this.oldBindings.set(b, a);
    this.todo.push(() => {
      if (a.reads === null || b.reads === null) return a.reads === b.reads;
      return inOrder(a.reads, b.reads, (x, y) => this.binding(x, y));
    });
    return true;
  }

  vals(a: Val, b: Val): boolean {
    return a === b || (a.length === b.length && a.every((o, i) => this.object(o, b[i]!)));
  }

  object(a: Obj, b: Obj): boolean {
    if (a === b) return true;
    if (a.kind !== b.kind) return false;
    if (a.immutable) return this.data(a.data, b.data);
    const known = this.objects.get(a);
    if (known !== undefined) return known === b;
    if (!within(this.old, a.serial) || !within(this.now, b.serial) || this.olds.has(b)) return false;
    this.objects.set(a, b);
    this.olds.set(b, a);
    this.todo.push(() => a.many === b.many && this.data(a.data, b.data) && this.state(a, b));
    return true;
  }

  state(a: State, b: State): boolean {
    const pair = (x: Obj, y: Obj): boolean => this.object(x, y);
    return (
      a.keyed === b.keyed &&
      a.opaque === b.opaque &&
      a.pending === b.pending &&
      a.bound === b.bound &&
      a.draws === b.draws &&
      both(a.inner, b.inner, pair) &&
      both(a.parts, b.parts, (x, y) => sameEntries(x, y, pair, (since, other) => since === other)) &&
      both(a.former, b.former, (x, y) => sameEntries(x, y, pair, (since, other) => since === other)) &&
      both(a.holders, b.holders, (x, y) => inOrder(x, y, pair)) &&
      both(a.sources, b.sources, (x, y) => inOrder(x, y, pair)) &&
      both(a.others, b.others, (x, y) => this.vals(x, y)) &&
      both(a.names, b.names, (x, y) => inOrder(x, y, (m, n) => m === n)) &&
      both(a.fields, b.fields, (x, y) =>
        sameEntries(
          x,
          y,
          (m, n) => m === n,
          (v, w) => this.vals(v, w)
        )
      )
    );
  }

  private data(a: Data, b: Data): boolean {
    if (a === b) return true;
    if (a === null || b === null) return false;
    switch (a.of) {
      case 'function':
        return b.of === 'function' && this.fn(a.fn, b.fn);
      case 'class': {
        if (b.of !== 'class') return false;
        const [x, y] = [a.cls, b.cls];
        if (x.foreign !== y.foreign || x.dataclass !== y.dataclass || !sameTree(x.node, y.node)) return false;
        return this.vals(x.bases, y.bases) && this.vals(x.metas, y.metas);
      }
      case 'instance':
        return b.of === 'instance' && this.object(a.cls, b.cls);
      case 'method':
        return (
          b.of === 'method' &&
          a.name === b.name &&
          this.vals(a.self, b.self) &&
          both(a.fn, b.fn, (x, y) => this.object(x, y))
        );
      case 'partial':
        return b.of === 'partial' && this.vals(a.func, b.func) && this.lists(a.args, b.args);
      case 'lib':
        return b.of === 'lib' && a.path === b.path;
      case 'const':
        return b.of === 'const' && a.text === b.text;
      case 'items':
        return b.of === 'items' && this.lists(a.items, b.items);
      case 'rows':
        // With `once` they are drawn when they are looked at.
        return b.of === 'rows' && a.once !== true && b.once !== true && this.lists(a.columns, b.columns);
      default:
        return false;
    }
  }

  private lists(a: readonly Val[], b: readonly Val[]): boolean {
    return a.length === b.length && a.every((v, i) => this.vals(v, b[i]!));
  }

  private fn(a: FunctionData, b: FunctionData): boolean {
    return (
      a.role === b.role &&
      sameTree(a.node, b.node) &&
      sameEntries(
        a.defaults,
        b.defaults,
        (m, n) => m === n,
        (v, w) => this.vals(v, w)
      ) &&
      both(a.owner, b.owner, (x, y) => this.object(x, y)) &&
      both(a.closure, b.closure, (x, y) => this.frame(x, y))
    );
  }

  frame(a: Frame, b: Frame): boolean {
    if (a === b) return true;
    const known = this.frames.get(a);
    if (known !== undefined) return known === b;
    if (!within(this.old, a.env.serial) || !within(this.now, b.env.serial)) return false;
    this.frames.set(a, b);
    this.todo.push(() => {
      if (a.kind !== b.kind || a.className !== b.className || a.depth !== b.depth) return false;
      for (const which of ['locals', 'globals', 'nonlocals'] as const)
        if (!inOrder(a.names[which], b.names[which], (m, n) => m === n)) return false;
      return (
        both(a.parent, b.parent, (x, y) => this.frame(x, y)) &&
        both(a.cells, b.cells, (x, y) => this.object(x, y)) &&
        inOrder(a.env.names(), b.env.names(), (m, n) => m === n && this.local(a.env.peek(m), b.env.peek(n)))
      );
    });
    return true;
  }
}

function both<T>(a: T | null, b: T | null, same: (x: T, y: T) => boolean): boolean {
  return a === null || b === null ? a === b : a === b || same(a, b);
}

function inOrder<T>(a: Iterable<T>, b: Iterable<T>, same: (x: T, y: T) => boolean): boolean {
  const others = b[Symbol.iterator]();
  for (const x of a) {
    const next = others.next();
    if (next.done === true || !same(x, next.value)) return false;
  }
  return others.next().done === true;
}

function sameEntries<K, V>(
  a: ReadonlyMap<K, V>,
  b: ReadonlyMap<K, V>,
  key: (x: K, y: K) => boolean,
  value: (x: V, y: V) => boolean
): boolean {
  return a.size === b.size && inOrder(a, b, (x, y) => key(x[0], y[0]) && value(x[1], y[1]));
}

/** Equal syntax, wherever it stands. */
function sameTree(a: unknown, b: unknown): boolean {
  const todo: [unknown, unknown][] = [[a, b]];
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const [x, y] = pair;
    if (Object.is(x, y)) continue;
    if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
    if (Array.isArray(x) !== Array.isArray(y)) return false;
    const keys = Object.keys(x);
    if (keys.length !== Object.keys(y).length) return false;
    for (const key of keys) {
      if (key === 'start' || key === 'end') continue;
      if (!(key in y)) return false;
      todo.push([(x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key]]);
    }
  }
  return true;
}
