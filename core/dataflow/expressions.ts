/** What expressions read and which objects they may give. */
import type { Call, Comprehension, Expr, Subscript } from '../python';
import { BUILTIN_NAMES, builtin } from './builtins';
import { callExpression, consume } from './calls';
import { type Frame, targetNames } from './frame';
import { callMethod, loadAttribute } from './methods';
import { callValue, classHook, lazily, makeFunction } from './invoke';
import { lib } from './library';
import type { Machine, Place } from './machine';
import { magic } from './magics';
import {
  BOOL,
  BYTES,
  NONE,
  NOTHING,
  NUMBER,
  Obj,
  SCALAR,
  SLICE,
  STR,
  type Val,
  constText,
  fresh,
  inArray,
  isKind,
  reshaped,
  libPath,
  union,
  unknown
} from './objects';
import { bindTarget, mangled, maybe } from './statements';

export function evaluateAll(m: Machine, frame: Frame | null, es: readonly (Expr | null)[]): void {
  for (const e of es) if (e !== null) evaluate(m, frame, e);
}

export function evaluate(m: Machine, frame: Frame | null, e: Expr): Val {
  switch (e.kind) {
    case 'Constant':
      return constant(e.value);
    case 'Name':
      return name(m, frame, e);
    case 'Attribute':
      return loadAttribute(m, frame, evaluate(m, frame, e.value), e.attr, m.here(e));
    case 'Subscript':
      return subscript(m, frame, e);
    case 'Call':
      return callExpression(m, frame, e);
    case 'BinOp':
      return binary(m, frame, e.left, e.op, e.right, m.here(e));
    case 'BoolOp':
      return eitherOf(m, frame, e);
    case 'IfExp':
      return choice(m, frame, e);
    case 'NamedExpr': {
      const val = evaluate(m, frame, e.value);
      bindTarget(m, frame, e.target, val);
      return val;
    }
    case 'UnaryOp': {
      const val = e.op === 'not' ? test(m, frame, e.operand) : evaluate(m, frame, e.operand);
      if (e.op === 'not') return BOOL;
      return isKind(val, 'number', 'bool') ? NUMBER : operated(m, frame, val, UNARY[e.op], [], m.here(e));
    }
    case 'Compare':
      return comparison(m, frame, e);
    case 'List':
    case 'Set':
      return collection(m, frame, e);
    case 'Tuple':
      return tupleOf(m, frame, e);
    case 'Dict':
      return dictOf(m, frame, e);
    case 'ListComp':
    case 'SetComp':
    case 'DictComp':
    case 'GeneratorExp':
      return comprehension(m, frame, e);
    case 'Lambda':
      return makeFunction(m, frame, e);
    case 'Await':
      return awaited(m, frame, e);
    case 'Yield': {
      if (e.value !== null) yielded(m, evaluate(m, frame, e.value));
      paused(m);
      return [fresh('fresh')];
    }
    case 'YieldFrom':
      yielded(m, elementsOf(m, evaluate(m, frame, e.value), m.here(e)));
      paused(m);
      return SCALAR;
    case 'JoinedStr':
    case 'TemplateStr':
      return textOf(m, frame, e);
    case 'FormattedValue':
    case 'Interpolation':
      return formatted(m, frame, e);
    case 'Starred':
      return evaluate(m, frame, e.value);
    case 'Slice':
      evaluateAll(m, frame, [e.lower, e.upper, e.step]);
      return SLICE;
    case 'Magic':
      return magic(m, frame, e);
  }
}

function eitherOf(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'BoolOp' }>): Val {
  const first = test(m, frame, e.values[0]!);
  const rest = maybe(m, () => e.values.slice(1).map(v => optional(m, () => evaluate(m, frame, v))));
  return union([first, ...rest]);
}

function choice(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'IfExp' }>): Val {
  test(m, frame, e.test);
  return maybe(m, () => union(both(m, [() => evaluate(m, frame, e.body), () => evaluate(m, frame, e.orelse)])));
}

function comparison(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'Compare' }>): Val {
  const vals = [evaluate(m, frame, e.left), ...e.comparators.map(c => evaluate(m, frame, c))];
  const place = m.here(e);
  vals.slice(0, -1).forEach((v, i) => {
    const op = e.ops[i]!;
    if (op === 'in' || op === 'not in') {
      for (const o of vals[i + 1]!) {
        if (o.kind === 'instance') callMethod(m, frame, o, '__contains__', [v], place);
        else if (o.parts !== null)
          for (const p of o.parts.keys()) if (p.kind === 'instance') callMethod(m, frame, p, '__eq__', [v], place);
        if (o.kind === 'iterator' || o.kind === 'generator') consume(m, [o], place);
      }
    } else if (op !== 'is' && op !== 'is not') {
      for (const o of v) if (o.kind === 'instance') callMethod(m, frame, o, COMPARE[op], [vals[i + 1]!], place);
      for (const o of vals[i + 1]!) if (o.kind === 'instance') callMethod(m, frame, o, REFLECTED[op], [v], place);
    }
  });
  for (const v of vals)
    for (const o of v) if (o.kind === 'ndarray' || o.kind === 'series' || o.kind === 'frame') return [fresh(o.kind)];
  return vals.some(v => v.some(o => o.kind === 'unknown' || o.kind === 'fresh' || o.kind === 'instance'))
    ? [fresh('fresh')]
    : BOOL;
}

function collection(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'List' | 'Set' }>): Val {
  const o = fresh(e.kind === 'List' ? 'list' : 'set', false);
  for (const x of e.elts) {
    if (x.kind === 'Starred') addElements(o, elementsOf(m, evaluate(m, frame, x.value), m.here(x)), true);
    else o.holdAll(evaluate(m, frame, x));
  }
  if (e.kind === 'Set') hashed(m, frame, o.elements(), m.here(e));
  return [o];
}

function tupleOf(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'Tuple' }>): Val {
  if (e.elts.some(x => x.kind === 'Starred')) {
    const o = fresh('tuple', false);
    for (const x of e.elts) {
      if (x.kind === 'Starred') addElements(o, elementsOf(m, evaluate(m, frame, x.value), m.here(x)), true);
      else o.holdAll(evaluate(m, frame, x));
    }
    return [o];
  }
  return [tuple(e.elts.map(x => evaluate(m, frame, x)))];
}

function dictOf(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'Dict' }>): Val {
  const o = fresh('dict', false);
  o.keyed = true;
  e.keys.forEach((k, i) => {
    if (k !== null) {
      const keyed = evaluate(m, frame, k);
      hashed(m, frame, keyed, m.here(k));
      const key = constText(keyed);
      const val = evaluate(m, frame, e.values[i]!);
      if (key !== null) o.put(key, val, true);
      else o.holdAll(val);
    } else unpackInto(o, evaluate(m, frame, e.values[i]!));
  });
  return [o];
}

function awaited(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'Await' }>): Val {
  const val = evaluate(m, frame, e.value);
  return val.some(o => o.kind === 'unknown') ? [unknown()] : val;
}

function textOf(m: Machine, frame: Frame | null, e: Extract<Expr, { kind: 'JoinedStr' | 'TemplateStr' }>): Val {
  const parts = e.values.map(v => evaluate(m, frame, v));
  if (e.kind === 'TemplateStr') {
    const o = fresh('fresh', false);
    const interpolations = parts.map(p => {
      const i = fresh('fresh', false);
      i.put('value', p, true);
      return [i];
    });
    o.put('interpolations', [tuple(interpolations)], true);
    o.put('values', [tuple(parts)], true);
    return [o];
  }
  const texts = parts.map(constText);
  return texts.every(t => t !== null) ? text(texts.join('')) : STR;
}

function formatted(
  m: Machine,
  frame: Frame | null,
  e: Extract<Expr, { kind: 'FormattedValue' | 'Interpolation' }>
): Val {
  const val = evaluate(m, frame, e.value);
  if (e.spec !== null) evaluate(m, frame, e.spec);
  if (e.kind === 'Interpolation') return val;
  const place = m.here(e);
  const dunder = e.conversion === 'r' ? '__repr__' : e.conversion === 's' ? '__str__' : '__format__';
  for (const o of val) if (o.kind === 'instance') show(m, frame, o, dunder, place);
  return e.spec === null && e.conversion === null ? val : STR;
}

/** Keys and members of sets are asked for their hash. */
export function hashed(m: Machine, frame: Frame | null, keys: Val, place: Place): void {
  for (const o of keys) if (o.kind === 'instance') callMethod(m, frame, o, '__hash__', [], place);
}

/** `{**mapping}`. */
function unpackInto(o: Obj, mapping: Val): void {
  addElements(o, mapping);
  for (const from of mapping) {
    if (mapping.length === 1 && from.fields !== null) for (const [k, v] of from.fields) o.setField(k, v);
    else if (o.fields !== null && from.parts !== null)
      for (const [k, v] of o.fields) o.setField(k, union([v, from.elements()]));
  }
}

function constant(v: { type: string; value?: unknown }): Val {
  switch (v.type) {
    case 'None':
      return NONE;
    case 'True':
    case 'False':
      return BOOL;
    case 'str':
      return text(v.value as string);
    case 'bytes':
      return BYTES;
    case 'Ellipsis':
      return SLICE;
    default:
      return NUMBER;
  }
}

/** A string known by its text. */
export function text(value: string): Val {
  let known = texts.get(value);
  if (known === undefined) {
    if (texts.size > 20_000) texts.clear();
    known = [new Obj('str', { of: 'const', text: value })];
    texts.set(value, known);
  }
  return known;
}

const texts = new Map<string, Val>();

export function tuple(items: readonly Val[]): Obj {
  const o = new Obj('tuple', { of: 'items', items });
  for (const v of items) o.holdAll(v);
  return o;
}

/** Prints or formats an object of the notebook's own class. */
export function show(m: Machine, frame: Frame | null, o: Obj, dunder: string, place: Place): void {
  const order = dunder === '__repr__' ? ['__repr__'] : [dunder, '__str__', '__repr__'];
  for (const d of order) if (callMethod(m, frame, o, d, [], place)[1]) return;
}

function yielded(m: Machine, val: Val): void {
  for (let i = m.exits.length - 1; i >= 0; i--) {
    if (m.exits[i]!.kind === 'function') {
      m.exits[i]!.values.push(val);
      return;
    }
  }
}

/** Where a generator that never ends is left. */
function paused(m: Machine): void {
  for (let i = m.exits.length - 1; i >= 0; i--) {
    const exit = m.exits[i]!;
    if (exit.kind === 'function') {
      exit.continues.push({ outcome: m.trail.outcome(exit.mark) });
      return;
    }
  }
}

/** An expression that may not be evaluated: its bindings are possible ones. */
export function optional(m: Machine, f: () => Val): Val {
  let out: Val = NOTHING;
  m.ways([
    () => true,
    () => {
      out = f();
      return true;
    }
  ]);
  return out;
}

function both(m: Machine, fs: readonly (() => Val)[]): Val[] {
  const out: Val[] = [];
  m.ways(
    fs.map(f => () => {
      out.push(f());
      return true;
    })
  );
  return out;
}

// Names

function name(m: Machine, frame: Frame | null, e: { id: string; start: number; end: number }): Val {
  const local = lookup(m, frame, e.id);
  if (local !== null) return local;
  return global(m, mangled(frame, e.id), m.here(e));
}

/** The value of a local or enclosing variable; null when the name is the notebook's. */
function lookup(m: Machine, frame: Frame | null, id: string): Val | null {
  for (let f = frame; f !== null; f = f.parent) {
    if (f.kind === 'class' && f !== frame) continue;
    if (f.names.globals.has(id)) return null;
    if (!f.names.locals.has(id)) continue;
    const slot = f.env.get(id);
    if (slot === undefined) {
      if (f.kind === 'class') return null;
      return f.cells === null ? SCALAR : NOTHING;
    }
    if (f.kind === 'class' && !slot.certain) return union([slot.vals, global(m, id, m.site)]);
    return slot.vals;
  }
  return null;
}

/** IPython's names for earlier inputs and outputs. */
const HISTORY = /^(_{1,3}|_\d+|_i{1,3}|_i\d+|_ih|_oh|In|Out)$/;

export function global(m: Machine, id: string, place: Place): Val {
  const slot = m.read(id, place);
  if (slot !== undefined) {
    if (!slot.certain && BUILTIN_NAMES.has(id)) return union([slot.vals, builtin(id)]);
    return slot.vals;
  }
  if (HISTORY.test(id)) m.history.push({ name: id, block: m.block, at: place });
  if (BUILTIN_NAMES.has(id) || HISTORY.test(id)) return builtin(id);
  m.unresolved.push({ name: id, block: m.block, at: place, possible: m.maybe > 0 || m.depth > 0 });
  return [unknown()];
}

// Subscripts

function subscript(m: Machine, frame: Frame | null, e: Subscript): Val {
  if (e.value.kind === 'Call' && e.value.func.kind === 'Name' && e.value.args.length === 0) {
    const bound = namespaceItem(m, e.value, e.index);
    if (bound !== null) return bound;
  }
  const base = evaluate(m, frame, e.value);
  const index = evaluate(m, frame, e.index);
  const place = m.here(e);
  return base.length === 1
    ? item(m, frame, base[0]!, e.index, index, place)
    : items(m, frame, base, e.index, index, place);
}

function items(m: Machine, frame: Frame | null, base: Val, index: Expr, key: Val, place: Place): Val {
  return union(base.map(o => item(m, frame, o, index, key, place)));
}

/** `globals()['name']` reads the name. */
export function namespaceItem(m: Machine, call: Call, index: Expr): Val | null {
  if (call.func.kind !== 'Name' || (call.func.id !== 'globals' && call.func.id !== 'locals')) return null;
  if (index.kind !== 'Constant' || index.value.type !== 'str') return null;
  const slot = m.read(index.value.value, m.here(index));
  return slot?.vals ?? null;
}

export function item(m: Machine, frame: Frame | null, o: Obj, index: Expr, key: Val, place: Place): Val {
  const sliced = index.kind === 'Slice' || (index.kind === 'Tuple' && index.elts.some(x => x.kind === 'Slice'));
  switch (o.kind) {
    case 'list':
    case 'deque': {
      for (const k of key) if (k.kind === 'instance') callMethod(m, frame, k, '__index__', [], place);
      if (!sliced) return elementsOf(m, [o]);
      const copy = fresh(o.kind, o.opaque);
      copy.holdAll(o.elements());
      return [copy];
    }
    case 'tuple': {
      const at = index.kind === 'Constant' && index.value.type === 'int' ? index.value.value : null;
      if (o.data?.of === 'items' && at !== null) return o.data.items[at < 0 ? o.data.items.length + at : at] ?? SCALAR;
      if (!sliced) return o.elements();
      const copy = fresh('tuple', o.opaque);
      copy.holdAll(o.elements());
      return [copy];
    }
    case 'dict': {
      const known = constText(key);
      const val = known === null ? undefined : o.fields?.get(known);
      return val ?? o.elements();
    }
    case 'defaultdict':
      m.change([o], place, false);
      if (o.data?.of === 'partial') {
        const made = callValue(m, frame, o.data.func, { pos: [], kw: new Map(), rest: NOTHING }, place);
        o.holdAll(made);
        return union([o.elements(), made]);
      }
      return o.parts === null ? [o.inside()] : o.elements();
    case 'str':
      return STR;
    case 'bytes':
    case 'number':
    case 'bool':
    case 'none':
    case 'scalar':
      return SCALAR;
    case 'ndarray':
      return union([arrayItem(o, index, key), inArray(o.parts?.keys() ?? [])]);
    case 'frame':
      return frameItem(o, index, key);
    case 'series': {
      if (isKind(key, 'series', 'ndarray', 'list') || sliced) return [fresh('series')];
      return SCALAR;
    }
    case 'indexer': {
      const part = fresh(o.data?.of === 'lib' && o.data.path === 'series' ? 'fresh' : 'frame');
      for (const owner of o.parts?.keys() ?? []) part.hold(owner, false);
      linkBack(part, o);
      return [part];
    }
    case 'groupby':
      return [o];
    case 'instance':
      return instanceItem(m, frame, o, key, place);
    case 'class':
      return (
        classHook(m, o, '__class_getitem__', '__getitem__', { pos: [key], kw: new Map(), rest: NOTHING }, place) ?? [o]
      );
    case 'lib':
      return libPath(o) === 'os.environ' ? STR : [lib(`${libPath(o)}[]`)];
    case 'builtin':
      return [o];
    default:
      return o.opaque || o.parts !== null ? shareable(o) : [unknown()];
  }
}

/** `o[k]` by the class's own `__getitem__`; a dict's is helped by `__missing__`. */
function instanceItem(m: Machine, frame: Frame | null, o: Obj, key: Val, place: Place): Val {
  const [val, own] = callMethod(m, frame, o, '__getitem__', [key], place);
  if (own || o.data?.of !== 'instance' || !o.opaque) return val;
  const missing = optional(m, () => maybe(m, () => callMethod(m, frame, o, '__missing__', [key], place)[0]));
  return union([val, missing]);
}

/** What is taken out of an object of unknown kind may be a part of it. */
function shareable(o: Obj): Val {
  return o.elements();
}

/** A part that possibly shares memory with its owners: a change of it is possibly one of theirs. */
function linkBack(part: Obj, indexer: Obj): void {
  for (const owner of indexer.parts?.keys() ?? []) owner.hold(part, false);
}

/** Of one dimension: its items are numbers. */
function flat(o: Obj): boolean {
  return libPath(o) === 'flat';
}

/** Basic indexing gives a view of the array, an array of indices or booleans a copy; one index may give either. */
function arrayItem(o: Obj, index: Expr, key: Val): Val {
  if (flat(o) && isKind(key, 'number')) return SCALAR;
  const parts = index.kind === 'Tuple' ? index.elts : [index];
  const basic = (x: Expr): boolean =>
    x.kind === 'Slice' ||
    (x.kind === 'Constant' && (x.value.type === 'Ellipsis' || x.value.type === 'None' || x.value.type === 'int')) ||
    (x.kind === 'UnaryOp' && basic(x.operand)) ||
    (x.kind === 'Attribute' && x.attr === 'newaxis');
  if (parts.every(basic)) {
    if (
      parts.some(x => x.kind === 'Slice' || (x.kind === 'Constant' && x.value.type !== 'int') || x.kind === 'Attribute')
    )
      return [parts.length === 1 && parts[0]!.kind === 'Slice' ? o : reshaped(o)];
    const view = fresh('ndarray');
    o.hold(view, false);
    return [view];
  }
  if (isKind(key, 'ndarray', 'list', 'series', 'set')) return [fresh('ndarray')];
  if (isKind(key, 'number', 'slice')) {
    const view = fresh('ndarray');
    o.hold(view, false);
    return [view];
  }
  if (parts.some(x => x.kind === 'Compare')) return [fresh('ndarray')];
  const part = fresh('ndarray');
  o.hold(part, false);
  return [part];
}

/** A column is possibly shared with its frame (before pandas 3), a selection is a copy. */
function frameItem(o: Obj, index: Expr, key: Val): Val {
  if (isKind(key, 'list', 'series', 'ndarray', 'index', 'slice') || index.kind === 'Compare' || index.kind === 'List')
    return [fresh('frame')];
  const column = fresh(isKind(key, 'str') ? 'series' : 'fresh');
  o.hold(column, false);
  return [column];
}

// Iteration

/** What iterating over the value gives. Consumes iterators. */
export function elementsOf(m: Machine, val: Val, place: Place = m.site): Val {
  return union(
    val.map(o => {
      switch (o.kind) {
        case 'zip': {
          if (o.data?.of !== 'rows') return SCALAR;
          if (o.data.once) m.change([o], place, val.length === 1);
          return [tuple(o.data.columns)];
        }
        case 'iterator':
        case 'generator':
        case 'file':
          consume(m, [o], place);
          return drawn(o);
        case 'dict':
        case 'defaultdict':
          return SCALAR;
        case 'view':
          return o.elements();
        case 'str':
          return STR;
        case 'ndarray': {
          if (flat(o)) return SCALAR;
          const row = fresh('ndarray');
          o.hold(row, false);
          return [row];
        }
        case 'frame':
          return STR;
        case 'series':
        case 'index':
          return o.opaque ? [fresh('fresh')] : SCALAR;
        case 'groupby':
          return [tuple([SCALAR, [fresh('frame')]])];
        case 'instance': {
          const [it, found] = callMethod(m, null, o, '__iter__', [], place);
          if (found) {
            for (const i of it) if (i.kind === 'instance') return callMethod(m, null, i, '__next__', [], place)[0];
            return it.includes(o) ? SCALAR : elementsOf(m, it, place);
          }
          return union([callMethod(m, null, o, '__getitem__', [NUMBER], place)[0], o.opaque ? [o.inside()] : NOTHING]);
        }
        case 'lib':
        case 'builtin':
        case 'class':
          return [unknown()];
        default:
          return o.elements();
      }
    })
  );
}

/** What an iterator gives: an iterator that it draws from is not among it. */
function drawn(o: Obj): Val {
  const out: Obj[] = [];
  for (const e of o.elements()) {
    if (e.kind === 'iterator' || e.kind === 'generator' || e.kind === 'file' || e.kind === 'buffer') {
      for (const x of e === o ? [] : drawn(e)) if (!out.includes(x)) out.push(x);
    } else out.push(e);
  }
  return out;
}

export function addElements(o: Obj, vals: Val, elements = false): void {
  for (const v of vals) {
    if (elements) o.hold(v);
    else o.holdAll(v.elements());
    if (v.opaque) o.makeOpaque();
  }
}

function comprehension(
  m: Machine,
  frame: Frame | null,
  e: Extract<Expr, { generators: readonly Comprehension[] }>
): Val {
  const names = targetNames(e.generators.map(g => g.target));
  const inner: Frame = {
    kind: 'comprehension',
    env: m.localEnv(),
    names,
    parent: frame,
    cells: frame?.cells ?? null,
    className: null,
    depth: frame?.depth ?? 0
  };
  const out = fresh(
    e.kind === 'ListComp' ? 'list' : e.kind === 'SetComp' ? 'set' : e.kind === 'DictComp' ? 'dict' : 'generator',
    false
  );
  const first = evaluate(m, frame, e.generators[0]!.iter);
  if (e.kind === 'ListComp' || e.kind === 'DictComp') m.inOrder(first, m.here(e.generators[0]!.iter));
  if (e.kind === 'GeneratorExp') {
    out.drawFrom(first.filter(o => o.kind === 'iterator' || o.kind === 'generator' || o.kind === 'file'));
    lazily(m, out, produce);
    return [out];
  }
  produce();
  return [out];

  function produce(): void {
    maybe(m, () =>
      optional(m, () => {
        e.generators.forEach((g, i) => {
          const iterable = i === 0 ? first : evaluate(m, inner, g.iter);
          bindTarget(m, inner, g.target, elementsOf(m, iterable, m.here(g.iter)));
          for (const c of g.ifs) test(m, inner, c);
        });
        if (e.kind === 'DictComp') {
          evaluate(m, inner, e.key);
          out.holdAll(evaluate(m, inner, e.value));
        } else out.holdAll(evaluate(m, inner, e.elt));
        return NOTHING;
      })
    );
  }
}

// Operators

const UNARY = { '~': '__invert__', '+': '__pos__', '-': '__neg__' } as const;
const COMPARE = {
  '==': '__eq__',
  '!=': '__ne__',
  '<': '__lt__',
  '<=': '__le__',
  '>': '__gt__',
  '>=': '__ge__'
} as const;
const REFLECTED = {
  '==': '__eq__',
  '!=': '__ne__',
  '<': '__gt__',
  '<=': '__ge__',
  '>': '__lt__',
  '>=': '__le__'
} as const;
/** Names of the methods behind the operators, without their underscores. */
export const OPERATOR_METHODS: Record<string, string> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '@': 'matmul',
  '/': 'truediv',
  '%': 'mod',
  '**': 'pow',
  '<<': 'lshift',
  '>>': 'rshift',
  '|': 'or',
  '^': 'xor',
  '&': 'and',
  '//': 'floordiv'
};

function binary(m: Machine, frame: Frame | null, left: Expr, op: string, right: Expr, place: Place): Val {
  // A long sum nests to the left: walk down, not in.
  const rights: { op: string; right: Expr }[] = [{ op, right }];
  while (left.kind === 'BinOp') {
    rights.push({ op: left.op, right: left.right });
    left = left.left;
  }
  let val = evaluate(m, frame, left);
  for (let i = rights.length - 1; i >= 0; i--) {
    const r = rights[i]!;
    val = operate(m, frame, val, r.op, evaluate(m, frame, r.right), place);
  }
  return val;
}

function operate(m: Machine, frame: Frame | null, a: Val, op: string, b: Val, place: Place): Val {
  if (isKind(a, 'number', 'bool') && isKind(b, 'number', 'bool')) return NUMBER;
  for (const v of [a, b]) {
    for (const o of v) if (o.kind === 'frame' || o.kind === 'series' || o.kind === 'ndarray') return [fresh(o.kind)];
  }
  if (a.some(o => o.kind === 'instance') || b.some(o => o.kind === 'instance')) {
    const results: Val[] = [];
    for (const o of a)
      if (o.kind === 'instance') results.push(callMethod(m, frame, o, `__${OPERATOR_METHODS[op]}__`, [b], place)[0]);
    for (const o of b)
      if (o.kind === 'instance') results.push(callMethod(m, frame, o, `__r${OPERATOR_METHODS[op]}__`, [a], place)[0]);
    return union(results);
  }
  const ta = constText(a);
  const tb = constText(b);
  if (a.length === 1 && a[0]!.kind === 'path' && op === '/')
    return ta !== null && tb !== null ? path(`${ta}/${tb}`) : path(null);
  if (ta !== null && tb !== null && op === '+') return text(ta + tb);
  if (isKind(a, 'str')) {
    if (op === '%')
      for (const o of b)
        for (const p of o.kind === 'tuple' ? o.elements() : [o])
          if (p.kind === 'instance') show(m, frame, p, '__str__', place);
    return STR;
  }
  if (isKind(a, 'list', 'tuple', 'set', 'dict', 'deque') || (op === '*' && isKind(b, 'list', 'tuple'))) {
    const base = isKind(a, 'list', 'tuple', 'set', 'dict', 'deque') ? a[0]! : b[0]!;
    const out = fresh(base.kind, false);
    for (const v of [a, b]) addElements(out, v);
    return [out];
  }
  return [fresh('fresh')];
}

function operated(m: Machine, frame: Frame | null, val: Val, dunder: string, args: readonly Val[], place: Place): Val {
  return union(
    val.map(o => {
      if (o.kind === 'instance') return callMethod(m, frame, o, dunder, args, place)[0];
      return o.kind === 'ndarray' || o.kind === 'series' || o.kind === 'frame' ? [fresh(o.kind)] : SCALAR;
    })
  );
}

/** A path; its text where it is known. */
export function path(known: string | null): Val {
  return [new Obj('path', known === null ? null : { of: 'const', text: known })];
}

/** A condition asks an object of the notebook's own class for its truth. */
export function test(m: Machine, frame: Frame | null, e: Expr): Val {
  const val = evaluate(m, frame, e);
  for (const o of val)
    if (o.kind === 'instance' && !callMethod(m, frame, o, '__bool__', [], m.site)[1])
      callMethod(m, frame, o, '__len__', [], m.site);
  return val;
}

/** Conditions that are decided before the notebook runs; null: either way. */
export function truth(_m: Machine, _frame: Frame | null, e: Expr): boolean | null {
  if (e.kind === 'Constant') {
    const v = e.value;
    if (v.type === 'True') return true;
    if (v.type === 'False' || v.type === 'None') return false;
    if (v.type === 'int' || v.type === 'float') return v.value !== 0;
    if (v.type === 'str') return v.value !== '';
    return null;
  }
  if (e.kind === 'UnaryOp' && e.op === 'not') {
    const inner = truth(_m, _frame, e.operand);
    return inner === null ? null : !inner;
  }
  return null;
}
