/** Calls as they are written: receiver, arguments, and who is called. */
import type { Call } from '../python';
import { builtinCall } from './builtins';
import { elementsOf, evaluate, evaluateAll, namespaceItem } from './expressions';
import type { Frame } from './frame';
import { callValue } from './invoke';
import type { Machine, Place } from './machine';
import { loadAttribute, methodCall } from './methods';
import { isNamespace } from './stores';
import { NONE, NOTHING, type Obj, SCALAR, type Val, fresh, libPath, union } from './objects';

export interface Args {
  readonly pos: readonly Val[];
  readonly kw: ReadonlyMap<string, Val>;
  /** What `*` and `**` bring, somewhere. */
  readonly rest: Val;
  /** Keywords given as a true constant, or as something that may be true. */
  readonly flags?: ReadonlySet<string> | undefined;
}

const NO_KEYWORDS = new Map<string, Val>();
export const NO_ARGS: Args = { pos: [], kw: NO_KEYWORDS, rest: NOTHING, flags: undefined };

export function callExpression(m: Machine, frame: Frame | null, e: Call): Val {
  if (e.func.kind === 'Attribute') {
    if (
      e.func.value.kind === 'Call' &&
      isNamespace(e.func.value) &&
      ['get', '__getitem__', 'pop'].includes(e.func.attr) &&
      e.args[0]?.kind === 'Constant'
    ) {
      // `globals().get('name')` says which name is meant.
      m.namespaceAccess.add(e.func.value);
      const named = namespaceItem(m, e.func.value, e.args[0]);
      if (named !== null) {
        evaluateAll(m, frame, e.args);
        return named;
      }
    }
    const base = evaluate(m, frame, e.func.value);
    const args = argumentsOf(m, frame, e);
    const place = m.here(e);
    const name = e.func.attr;
    // `super().m(…)`
    if (e.func.value.kind === 'Call' && e.func.value.func.kind === 'Name' && e.func.value.func.id === 'super') {
      return superCall(m, frame, name, args, place);
    }
    const made =
      base.length === 1
        ? received(m, frame, base[0]!, name, args, place, 1)
        : union(base.map(o => received(m, frame, o, name, args, place, base.length)));
    return drained(args, made);
  }
  if (e.func.kind === 'Name' && e.func.id === 'super') return [fresh('fresh')];
  const func = evaluate(m, frame, e.func);
  const args = argumentsOf(m, frame, e);
  const place = m.here(e);
  const made =
    func.length === 1 && func[0]!.kind === 'builtin'
      ? builtinCall(m, frame, libPath(func[0]!)!, args, place, e)
      : callValue(m, frame, func, args, place);
  return drained(args, made);
}

/** `o.name(args)`, where `o` is one of what the receiver may be. */
function received(m: Machine, frame: Frame | null, o: Obj, name: string, args: Args, place: Place, ways: number): Val {
  if (o.kind === 'method' && o.data?.of === 'method' && o.data.fn === null) {
    const self = o.data.self;
    const dotted = `${o.data.name}.${name}`;
    const part = o.fields?.get('');
    if (part !== undefined) return union((part as Val).map(p => methodCall(m, frame, p, name, args, place, ways)));
    return union(
      self.map(s => attributeCall(m, frame, s, (o.data as { name: string }).name, dotted, name, args, place, ways))
    );
  }
  if (o.kind === 'plot' && o.fields?.has(name))
    return callValue(m, frame, loadAttribute(m, frame, [o], name, place), args, place);
  const own =
    o.kind === 'unknown' || o.kind === 'fresh' || o.kind === 'estimator' || o.kind === 'function'
      ? o.fields?.get(name)
      : undefined;
  if (own !== undefined) return callValue(m, frame, own, args, place);
  return methodCall(m, frame, o, name, args, place, ways);
}

/** A generator that was given away and that nobody has kept was drawn from. */
function drained(args: Args, made: Val): Val {
  for (const vals of args.kw.size === 0 ? args.pos : [...args.pos, ...args.kw.values()]) {
    for (const o of vals) {
      if ((o.kind === 'generator' || o.kind === 'iterator') && o.holders === null && !made.includes(o)) o.pending?.();
    }
  }
  return made;
}

/** `x.attr.method()` where `attr` is a part of `x` that nobody has seen. */
function attributeCall(
  m: Machine,
  frame: Frame | null,
  self: Obj,
  attr: string,
  dotted: string,
  name: string,
  args: Args,
  place: Place,
  ways: number
): Val {
  if (self.kind === 'frame' || self.kind === 'series' || self.kind === 'plot')
    return methodCall(m, frame, self, dotted, args, place, ways);
  if (self.immutable) return SCALAR;
  let part = self.fields?.get(attr);
  if (part === undefined) {
    part = [fresh(self.kind === 'estimator' ? 'estimator' : 'unknown')];
    self.holdAll(part);
    self.setField(attr, part);
  }
  return union(part.map(p => methodCall(m, frame, p, name, args, place, ways)));
}

function superCall(m: Machine, frame: Frame | null, name: string, args: Args, place: Place): Val {
  let f = frame;
  while (f !== null && f.kind !== 'function') f = f.parent;
  if (f === null) return NONE;
  const self = [...f.env.names()][0];
  const owner = self === undefined ? undefined : f.env.get(self);
  if (owner === undefined) return NONE;
  const out: Val[] = [];
  for (const o of owner.vals) {
    const cls = o.kind === 'class' ? o : o.data?.of === 'instance' ? o.data.cls : null;
    if (cls === null || cls.data?.of !== 'class') continue;
    let found = false;
    for (const c of ancestors(cls)) {
      for (const fn of c.fields?.get(name) ?? []) {
        if (fn.kind !== 'function' || m.active.includes(fn.data?.of === 'function' ? fn.data.fn.node : null)) continue;
        found = true;
        out.push(callValue(m, frame, [fn], { ...args, pos: [[o], ...args.pos] }, place));
      }
      if (found) break;
    }
    if (!found) {
      if (name === '__init__' || name === 'append' || name === 'update' || name === '__setitem__' || name === 'add') {
        for (const v of args.pos) o.holdAll(v);
        if (name !== '__init__') m.change([o], place);
      }
      if (name === '__new__') out.push([o]);
    }
  }
  return out.length === 0 ? NONE : union(out);
}

function ancestors(cls: Obj): Obj[] {
  const out: Obj[] = [];
  const walk = (c: Obj): void => {
    if (c.data?.of !== 'class') return;
    for (const b of c.data.cls.bases) {
      if (out.includes(b)) continue;
      out.push(b);
      walk(b);
    }
  };
  walk(cls);
  return out;
}

export function argumentsOf(m: Machine, frame: Frame | null, e: Call): Args {
  const pos: Val[] = [];
  const rest: Val[] = [];
  let kw: Map<string, Val> = NO_KEYWORDS;
  let flags: Set<string> | undefined;
  for (const a of e.args) {
    if (a.kind === 'Starred') rest.push(elementsOf(m, evaluate(m, frame, a.value), m.here(a)));
    else pos.push(evaluate(m, frame, a));
  }
  if (e.args.length === 0 && e.keywords.length === 0) return NO_ARGS;
  if (e.keywords.length > 0) kw = new Map();
  for (const k of e.keywords) {
    const val = evaluate(m, frame, k.value);
    if (k.name === null) {
      for (const o of val) if (o.fields !== null) for (const [n, v] of o.fields) kw.set(n, v);
      rest.push(union(val.map(o => o.elements())));
    } else {
      kw.set(k.name, val);
      const off = k.value.kind === 'Constant' && (k.value.value.type === 'False' || k.value.value.type === 'None');
      if (!off) (flags ??= new Set()).add(k.name);
    }
  }
  return { pos, kw, rest: rest.length === 0 ? NOTHING : union(rest), flags };
}

/** An iterator, a generator or a file moves on; a generator that has not run yet runs now. */
export function consume(m: Machine, val: Val, place: Place): void {
  for (const o of val) {
    if (o.kind === 'generator' || o.kind === 'iterator' || o.kind === 'file') {
      o.pending?.();
      m.change([o], place, val.length === 1);
      // What it draws from moves on with it.
      for (const p of o.sources ?? o.parts?.keys() ?? []) {
        if (p.kind === 'iterator' || p.kind === 'generator' || p.kind === 'file' || p.kind === 'buffer')
          m.change([p], place, val.length === 1);
      }
    }
  }
}
