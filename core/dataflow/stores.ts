/** Stores into attributes and items: `o.a = …`, `d[k] = …`, `del d[k]`. */
import type { Attribute, Expr } from '../python';
import { hashed } from './expressions';
import type { Frame } from './frame';
import { classField, call } from './invoke';
import { storeLibrary } from './library';
import type { Machine, Place } from './machine';
import { callMethod } from './methods';
import { type Kind, Obj, type Val, constText, inArray, libPath, union } from './objects';
import { bindSpan } from './statements';

export function storeAttribute(m: Machine, base: Val, target: Attribute, val: Val): void {
  const place = m.here(target);
  for (const o of base) {
    const path = libPath(o);
    if (path !== null && o.kind === 'lib') storeLibrary(m, `${path}.${target.attr}`, place);
    if (o.data?.of === 'instance') {
      for (const fn of classField(o.data.cls, target.attr) ?? []) {
        if (fn.data?.of === 'function' && fn.data.fn.role === 'property')
          call(m, fn, { pos: [[o], val], kw: new Map(), rest: [] }, place);
      }
      for (const d of classField(o.data.cls, target.attr) ?? [])
        if (d.kind === 'instance') callMethod(m, null, d, '__set__', [[o], val], place);
      const setter = classField(o.data.cls, '__setattr__');
      for (const fn of setter ?? [])
        if (fn.kind === 'function') call(m, fn, { pos: [[o], [], val], kw: new Map(), rest: [] }, place);
    }
    if (o.immutable) continue;
    o.put(target.attr, val, base.length === 1 && m.maybe === 0);
  }
  m.change(base, place);
  if ((target.attr === 'name' || target.attr === 'names') && base.some(o => o.kind === 'index')) renameIndex(m, place);
}

const INDEXED: ReadonlySet<Kind> = new Set(['frame', 'series', 'index', 'groupby', 'fresh'] as const);

/**
 * `df.index.name = …`: pandas lets frames share one index where it can (most results of methods before pandas 3, sums
 * and what was given an index after it), and each sees the new name. Which do is not followed: any may.
 */
function renameIndex(m: Machine, place: Place): void {
  for (const name of [...m.globals.names()]) {
    const sharers = m.globals.get(name)?.vals.filter(o => INDEXED.has(o.kind)) ?? [];
    m.change(sharers, place, false);
  }
}

export function storeSubscript(
  m: Machine,
  frame: Frame | null,
  base: Val,
  index: Val,
  target: Extract<Expr, { kind: 'Subscript' }>,
  val: Val
): void {
  const place = m.here(target);
  base = owners(base);
  hashed(m, frame, index, place);
  const key = constText(index);
  if (isNamespace(target.value) && target.index.kind === 'Constant' && target.index.value.type === 'str') {
    bindSpan(m, null, target.index.value.value, val, 'other', target);
    return;
  }
  for (const o of base) {
    const path = libPath(o);
    if (path !== null && o.kind === 'lib') storeLibrary(m, path, place);
    if (o.kind === 'instance') callMethod(m, frame, o, '__setitem__', [index, val], place);
    if (o.immutable) continue;
    if (o.kind === 'dict' && key !== null) o.put(key, val, base.length === 1 && m.maybe === 0);
    else if (o.kind === 'ndarray') o.holdAll(inArray(val), false);
    else if (o.kind !== 'frame' && o.kind !== 'series') o.holdAll(val);
    if (o.kind === 'dict') {
      if (key === null) {
        // Any of the known keys may have been replaced.
        if (o.fields !== null) for (const [k, v] of o.fields) o.setField(k, union([v, val]));
        Obj.changed(o.serial);
      }
    }
  }
  m.change(base, place);
}

export function deleteSubscript(
  m: Machine,
  frame: Frame | null,
  base: Val,
  index: Val,
  target: Extract<Expr, { kind: 'Subscript' }>
): void {
  const place = m.here(target);
  const key = constText(index);
  for (const o of base) {
    const path = libPath(o);
    if (path !== null && o.kind === 'lib') storeLibrary(m, path, place);
    if (o.kind === 'instance') callMethod(m, frame, o, '__delitem__', [[]], place);
    if (key !== null && base.length === 1 && m.maybe === 0) o.takeOut(key);
  }
  m.change(base, place);
}

/** `df.loc[…] = …` changes the frame. */
function owners(base: Val): Val {
  return base.flatMap(o =>
    o.kind === 'indexer' ? [...(o.parts?.keys() ?? [])].filter(p => p.kind === 'frame' || p.kind === 'series') : [o]
  );
}

/** `globals()` and, at module level, `locals()` and `vars()`. */
export function isNamespace(e: Expr): boolean {
  return (
    e.kind === 'Call' &&
    e.args.length === 0 &&
    e.func.kind === 'Name' &&
    ['globals', 'locals', 'vars'].includes(e.func.id)
  );
}
