/**
 * A call that is not followed because too much was followed before it: all that its code mentions, and what that
 * mentions in turn, may be read, and all but modules may be changed. Costs one walk through each function's source.
 */
import type { FunctionDef, Lambda } from '../python';
import { argValues } from './invoke';
import type { Args } from './calls';
import { fileAnywhere } from './files';
import { isDrawn } from './library';
import type { Machine, Place } from './machine';
import { NOTHING, type Obj, type Val, fresh, libPath } from './objects';

interface Mentions {
  readonly names: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
  /** Declared `global`. */
  readonly globals: ReadonlySet<string>;
}

const mentions = new WeakMap<object, Mentions>();

function mentionsOf(node: FunctionDef | Lambda): Mentions {
  const known = mentions.get(node);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const attributes = new Set<string>();
  const globals = new Set<string>();
  const walk = (x: unknown): void => {
    if (Array.isArray(x)) x.forEach(walk);
    else if (x !== null && typeof x === 'object') {
      const n = x as { kind?: string; id?: string; attr?: string; names?: readonly { id?: string }[] };
      if (n.kind === 'Name' && n.id !== undefined) names.add(n.id);
      if (n.kind === 'Attribute' && n.attr !== undefined) attributes.add(n.attr);
      if (n.kind === 'Global') for (const g of n.names ?? []) if (g.id !== undefined) globals.add(g.id);
      for (const key in n) if (key !== 'kind') walk((n as Record<string, unknown>)[key]);
    }
  };
  walk(node.body);
  const made = { names, attributes, globals };
  mentions.set(node, made);
  return made;
}

export function summarise(m: Machine, f: Obj, args: Args, place: Place, key: string | null): Val {
  const work = (): Val => {
    reach(m, f, args, place);
    return NOTHING;
  };
  // A block that calls it on the same object again, with other arguments, reaches little that is new: only what was
  // there before the block. Else methods that hand fresh lists to each other would cost a walk for each call.
  const done = doneBy(m);
  const self = args.pos[0]?.[0];
  const once = `${f.serial} ${self?.serial ?? ''}`;
  if (done.keys.has(once)) {
    for (const v of argValues(args)) {
      for (const o of v) {
        if (o.immutable || o === self || o.serial >= done.since || done.keys.has(`arg ${o.serial}`)) continue;
        done.keys.add(`arg ${o.serial}`);
        m.change([o], place, false);
      }
    }
    return [result(m, f, args)];
  }
  done.keys.add(once);
  if (key === null) work();
  else if (m.memo.known(`all ${key}`) === undefined) m.memo.run(`all ${key}`, work);
  return [result(m, f, args)];
}

interface DoneInBlock {
  readonly block: object;
  readonly since: number;
  readonly keys: Set<string>;
}

const inBlock = new WeakMap<Machine, DoneInBlock>();

/** What the block at hand has summarised; `since`: serial from which objects are its own. */
function doneBy(m: Machine): DoneInBlock {
  let done = inBlock.get(m);
  if (done === undefined || done.block !== m.facts) {
    done = { block: m.facts, since: m.firstSerial, keys: new Set() };
    inBlock.set(m, done);
  }
  return done;
}

const results = new WeakMap<Obj, { readonly block: object; readonly result: Obj }>();

/** What comes out may be, or hold, anything that went in; one object stands for all results of a block. */
function result(m: Machine, f: Obj, args: Args): Obj {
  let made = results.get(f);
  if (made === undefined || made.block !== m.facts) {
    made = { block: m.facts, result: fresh('unknown') };
    results.set(f, made);
  }
  for (const v of argValues(args)) for (const o of v) if (o.data?.of !== 'function') made.result.hold(o, false);
  return made.result;
}

function reach(m: Machine, f: Obj, args: Args, place: Place): void {
  const seen = new Set<Obj>();
  const todo: Obj[] = [f];
  const meet = (vals: Val): void => {
    for (const o of vals) if (!o.immutable || libPath(o) !== null) todo.push(o);
  };
  for (const v of argValues(args)) meet(v);
  while (todo.length > 0) {
    const o = todo.pop()!;
    if (seen.has(o)) continue;
    seen.add(o);
    const path = libPath(o);
    if (o.immutable) {
      if (path !== null && /^random\b/.test(path)) isDrawn(m, 'random', place);
      continue;
    }
    for (const p of o.parts?.keys() ?? []) meet([p]);
    switch (o.data?.of) {
      case 'function':
        follow(m, o, meet, place);
        continue;
      case 'class':
        for (const v of o.fields?.values() ?? []) meet(v);
        meet(o.data.cls.bases);
        continue;
      case 'instance':
        meet([o.data.cls]);
        break;
      case 'method':
        meet(o.data.self);
        if (o.data.fn !== null) meet([o.data.fn]);
        break;
      case 'partial':
        meet(o.data.func);
        for (const v of o.data.args) meet(v);
        break;
      default:
        break;
    }
    m.change([o], place, false);
  }
}

function follow(m: Machine, f: Obj, meet: (vals: Val) => void, place: Place): void {
  if (f.data?.of !== 'function') return;
  const fn = f.data.fn;
  const { names, attributes, globals } = mentionsOf(fn.node);
  for (const v of fn.defaults.values()) meet(v);
  for (let frame = fn.closure; frame !== null; frame = frame.parent) {
    if (frame.cells !== null) m.change([frame.cells], place, false);
    for (const name of names) meet(frame.env.get(name)?.vals ?? []);
  }
  for (const name of names) {
    const slot = m.globals.get(name);
    if (slot === undefined) continue;
    m.take(name, slot, place, true);
    for (const old of slot.through) m.take(name, old, place, true);
    meet(slot.vals);
  }
  for (const name of globals) m.mayBind(name, [fresh('unknown')], place);
  if (attributes.has('random')) isDrawn(m, 'numpy.random', place);
  if (names.has('open') || [...attributes].some(a => /^(read_|write_|to_|save|open|load)/.test(a)))
    fileAnywhere(m, place);
}
