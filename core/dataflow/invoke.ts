/** Functions and classes of the notebook: made, called, looked into. */
import type { ClassDef, Expr, FunctionDef, Lambda } from '../python';
import { noteCached } from './cached';
import type { Args } from './calls';
import { evaluate, optional, text, tuple } from './expressions';
import { type Frame, blockNames, functionNames } from './frame';
import { callLibrary, decorate } from './library';
import type { Machine, Place, Way } from './machine';
import { callMethod, methodCall } from './methods';
import {
  type FunctionData,
  type Kind,
  NONE,
  NOTHING,
  Obj,
  SCALAR,
  type Val,
  fresh,
  libPath,
  union,
  unknown
} from './objects';
import { annotationsAreRead, maybe, runBlock } from './statements';
import { summarise } from './summary';

const DEEPEST = 24;

export function makeFunction(
  m: Machine,
  frame: Frame | null,
  node: FunctionDef | Lambda,
  owner: Obj | null = null
): Val {
  if (node.kind === 'FunctionDef') frame = typeScope(m, frame, node.typeParams);
  const defaults = new Map<string, Val>();
  const p = node.params;
  for (const param of [...p.posonly, ...p.args, ...p.kwonly]) {
    if (param.default !== null) defaults.set(param.name.id, evaluate(m, frame, param.default));
  }
  if (node.kind === 'FunctionDef' && annotationsAreRead(m)) {
    const annotations = [...p.posonly, ...p.args, ...p.kwonly, p.vararg, p.kwarg].flatMap(x =>
      x?.annotation ? [x.annotation] : []
    );
    if (node.returns !== null) annotations.push(node.returns);
    for (const a of annotations) if (a.kind !== 'Constant') evaluate(m, frame, a);
  }
  const decorators = node.kind === 'FunctionDef' ? node.decorators : [];
  const role = roleOf(decorators, owner);
  const closure = closureOf(frame);
  const made: Obj = new Obj('function', { of: 'function', fn: { node, defaults, closure, role, owner } });
  for (const v of defaults.values()) made.holdAll(v);
  for (let f = closure; f !== null; f = closureOf(f.parent)) made.hold(cellsOf(m, f));
  let val: Val = [made];
  for (let i = decorators.length - 1; i >= 0; i--) {
    const d = decorators[i]!;
    const place = m.here(d);
    const by = evaluate(m, frame, d);
    if (m.defining !== null && by.some(o => o.kind === 'function' || o.kind === 'class' || o.kind === 'unknown'))
      m.defining.plain = false;
    val = decorate(m, frame, by, val, place);
  }
  return val;
}

/** Type parameters live in a scope of their own around what they parametrise (PEP 695). */
function typeScope(m: Machine, frame: Frame | null, params: FunctionDef['typeParams']): Frame | null {
  if (params.length === 0) return frame;
  const names = {
    locals: new Set(params.map(p => p.name.id)),
    globals: new Set<string>(),
    nonlocals: new Set<string>()
  };
  const scope: Frame = {
    kind: 'function',
    env: m.localEnv(),
    names,
    parent: frame,
    cells: null,
    className: frame?.className ?? null,
    depth: frame?.depth ?? 0
  };
  for (const p of params) scope.env.set(p.name.id, { vals: SCALAR, certain: true });
  return scope;
}

function closureOf(frame: Frame | null): Frame | null {
  let f = frame;
  while (f !== null && f.kind === 'class') f = f.parent;
  return f;
}

/** The object that stands for a frame's variables, shared by the functions made in it. */
function cellsOf(m: Machine, f: Frame): Obj {
  if (f.cells === null) {
    const cells = new Obj('cells');
    m.giveCells(f, cells);
    for (const n of f.env.names()) cells.holdAll(f.env.get(n)!.vals);
    return cells;
  }
  return f.cells;
}

function roleOf(decorators: readonly Expr[], owner: Obj | null): FunctionData['role'] {
  for (const d of decorators) {
    const head = d.kind === 'Call' ? d.func : d;
    const last = head.kind === 'Name' ? head.id : head.kind === 'Attribute' ? head.attr : '';
    if (last === 'contextmanager' || last === 'asynccontextmanager') return 'context';
    if (owner === null) continue;
    if (last === 'property' || last === 'cached_property' || last === 'setter' || last === 'getter') return 'property';
    if (last === 'staticmethod') return 'static';
    if (last === 'classmethod') return 'classmethod';
  }
  return 'plain';
}

export function makeClass(m: Machine, frame: Frame | null, node: ClassDef): Val {
  frame = typeScope(m, frame, node.typeParams);
  const bases = node.bases.flatMap(b => evaluate(m, frame, b.kind === 'Starred' ? b.value : b));
  const keywords = node.keywords.map(k => [k.name, evaluate(m, frame, k.value)] as const);
  const decorators = node.decorators.map(d => [d, evaluate(m, frame, d)] as const);
  const dataclass = node.decorators.some(d => {
    const head = d.kind === 'Call' ? d.func : d;
    return (
      (head.kind === 'Name' && head.id === 'dataclass') || (head.kind === 'Attribute' && head.attr === 'dataclass')
    );
  });
  const own = bases.filter(b => b.kind === 'class');
  const foreign = bases.some(b => b.kind !== 'class' && !(b.kind === 'builtin' && libPath(b) === 'object'));
  const metas = union([
    ...keywords.filter(k => k[0] === 'metaclass').map(k => k[1].filter(o => o.kind === 'class')),
    ...own.map(metaclasses)
  ]);
  const cls = new Obj('class', { of: 'class', cls: { node, bases, foreign, dataclass, metas } });
  cls.fields = new Map();
  const inner: Frame = {
    kind: 'class',
    env: m.localEnv(),
    names: blockNames(node.body),
    parent: frame,
    cells: null,
    className: node.name.id,
    depth: frame?.depth ?? 0
  };
  m.active.push(cls);
  for (const s of node.body) {
    if (s.kind === 'FunctionDef') {
      const fn = makeFunction(m, inner, s, cls);
      inner.env.set(s.name.id, { vals: fn, certain: true });
    } else if (!runBlock(m, inner, [s])) break;
  }
  m.active.pop();
  for (const name of inner.env.names()) {
    const vals = inner.env.get(name)!.vals;
    cls.fields.set(name, vals);
    cls.holdAll(vals);
  }
  const place = m.here(node);
  for (const meta of metas) {
    for (const hook of ['__prepare__', '__new__', '__init__']) {
      runHook(
        m,
        meta,
        hook,
        [[cls], text(node.name.id), NOTHING, NOTHING, ...keywords.filter(k => k[0] !== 'metaclass').map(k => k[1])],
        place
      );
    }
  }
  for (const [name, vals] of cls.fields) {
    for (const o of vals)
      if (o.kind === 'instance') callMethod(m, frame, o, '__set_name__', [[cls], text(name)], place);
  }
  for (const b of own) runHook(m, b, '__init_subclass__', [[cls]], place);
  let val: Val = [cls];
  for (let i = decorators.length - 1; i >= 0; i--) {
    const by = decorators[i]![1];
    if (m.defining !== null && by.some(o => o.kind === 'function' || o.kind === 'class')) m.defining.plain = false;
    val = decorate(m, frame, by, val, place);
  }
  return val;
}

function metaclasses(cls: Obj): Val {
  return cls.data?.of === 'class' ? cls.data.cls.metas : NOTHING;
}

/** A special method that the class, not its instances, has: from the class itself or its metaclass. */
export function classHook(
  m: Machine,
  cls: Obj,
  own: string | null,
  meta: string,
  args: Args,
  place: Place
): Val | null {
  const found: Val[] = [];
  for (const f of (own === null ? undefined : classField(cls, own)) ?? []) {
    if (f.kind === 'function') found.push(call(m, f, { ...args, pos: [[cls], ...args.pos] }, place));
  }
  if (found.length === 0) {
    for (const c of metaclasses(cls)) {
      for (const f of classField(c, meta) ?? [])
        if (f.kind === 'function') found.push(call(m, f, { ...args, pos: [[cls], ...args.pos] }, place));
    }
  }
  return found.length === 0 ? null : union(found);
}

function runHook(m: Machine, cls: Obj, name: string, args: readonly Val[], place: Place): void {
  const method = classField(cls, name);
  for (const fn of method ?? [])
    if (fn.kind === 'function') call(m, fn, { pos: args, kw: new Map(), rest: SCALAR }, place);
}

/** An attribute in the class or its bases of the notebook. */
export function classField(cls: Obj, name: string): Val | undefined {
  const seen = new Set<Obj>();
  const find = (c: Obj): Val | undefined => {
    if (seen.has(c) || c.data?.of !== 'class') return undefined;
    seen.add(c);
    const own = c.fields?.get(name);
    if (own !== undefined) return own;
    for (const b of c.data.cls.bases) {
      const found = find(b);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(cls);
}

export function isForeign(cls: Obj): boolean {
  if (cls.data?.of !== 'class') return true;
  return cls.data.cls.foreign || cls.data.cls.bases.some(b => b.kind === 'class' && isForeign(b));
}

/** Calls what the value may be. */
export function callValue(m: Machine, frame: Frame | null, func: Val, args: Args, place: Place): Val {
  const many = func.length > 1;
  const out: Val[] = [];
  for (const f of func) {
    const one = (): Val => callOne(m, frame, f, args, place);
    out.push(many ? maybe(m, one) : one());
  }
  return union(out);
}

function callOne(m: Machine, frame: Frame | null, f: Obj, args: Args, place: Place): Val {
  switch (f.kind) {
    case 'function': {
      const val = call(m, f, args, place);
      if (f.others === null) return val;
      return union([
        val,
        ...f.others.map(o => maybe(m, () => optional(m, () => callValue(m, frame, [o], args, place))))
      ]);
    }
    case 'class':
      return instantiate(m, frame, f, args, place);
    case 'method':
      if (f.data?.of !== 'method') return [unknown()];
      if (f.data.fn !== null) return call(m, f.data.fn, { ...args, pos: [f.data.self, ...args.pos] }, place);
      return union(f.data.self.map(o => methodCall(m, frame, o, (f.data as { name: string }).name, args, place, 1)));
    case 'partial':
      if (f.data?.of !== 'partial') return [unknown()];
      return callValue(m, frame, f.data.func, { ...args, pos: [...f.data.args, ...args.pos] }, place);
    case 'lib':
    case 'builtin':
      return callLibrary(m, frame, f, args, place);
    case 'instance': {
      const [val, found] = callMethod(m, frame, f, '__call__', args.pos, place, args);
      if (found) return val;
      if (f.opaque) {
        // A foreign base calls the notebook's method: torch's `forward`, Keras' `call`.
        for (const hook of ['forward', 'call']) {
          const [v, ok] = callMethod(m, frame, f, hook, args.pos, place, args);
          if (ok) return v;
        }
      }
      return unknownCall(m, [[f], ...argValues(args)], place);
    }
    case 'none':
    case 'number':
    case 'str':
    case 'bool':
      return SCALAR;
    default:
      return unknownCall(m, [[f], ...argValues(args)], place);
  }
}

export function argValues(args: Args): Val[] {
  return [...args.pos, ...args.kw.values(), args.rest];
}

/** A call of which nothing is known: it may change what it is given, call it, and keep it. */
export function unknownCall(m: Machine, vals: readonly Val[], place: Place): Val {
  const out = unknown();
  for (const v of vals) {
    touch(m, v, place);
    m.change(v, place, false);
    for (const o of v) if (!o.immutable && o.kind !== 'function' && o.kind !== 'class') out.hold(o, false);
  }
  return [out];
}

/**
 * Code that we do not see may call these: functions of the notebook among them, and the methods of its objects, read
 * their free names.
 */
export function touch(m: Machine, val: Val, place: Place, from = 0): void {
  if (m.entangled) {
    touchAll(m, val, place);
    return;
  }
  // By levels and each object once: what hangs together closely would else be gone through along every path.
  const seen = new Set(val);
  let level: Iterable<Obj> = val;
  for (let depth = from; depth <= TOUCHED_DEPTH; depth++) {
    const next = new Set<Obj>();
    for (const o of level) {
      for (const part of touchObject(m, o, place)) {
        if (seen.has(part)) continue;
        seen.add(part);
        next.add(part);
      }
    }
    level = next;
  }
  m.look(seen.size);
}

/** A cell too entangled to follow: its calls may run whatever the notebook has. Said once a block. */
function touchAll(m: Machine, val: Val, place: Place): void {
  for (const o of val) touchObject(m, o, place);
  if (m.calledAll === m.block) return;
  m.calledAll = m.block;
  for (const name of [...m.globals.names()]) {
    for (const o of m.globals.get(name)?.vals ?? []) touchObject(m, o, place);
  }
}

/** How deep functions are looked for in what a call is given: what holds them, what holds that, and once more. */
const TOUCHED_DEPTH = 3;
const HOLDS_FUNCTIONS: ReadonlySet<Kind> = new Set(['list', 'dict', 'tuple', 'estimator', 'fresh', 'unknown'] as const);

/** What a call may run of one object; gives the parts that it can reach through it. */
function touchObject(m: Machine, o: Obj, place: Place): Iterable<Obj> {
  if (o.kind === 'generator' || o.kind === 'iterator') o.pending?.();
  if (o.data?.of === 'function' && o.kind === 'function') {
    if (!m.active.includes(o.data.fn.node)) touchOne(m, o, [], place);
    return [];
  }
  if (o.kind === 'partial' && o.data?.of === 'partial') return o.data.func;
  if (o.kind === 'method' && o.data?.of === 'method' && o.data.fn !== null) return [o.data.fn];
  if (o.kind === 'instance' && o.data?.of === 'instance') {
    touchMethods(m, o, o.data.cls, place);
    return [];
  }
  return o.parts !== null && HOLDS_FUNCTIONS.has(o.kind) ? [...o.parts.keys()] : [];
}

function touchMethods(m: Machine, o: Obj, cls: Obj, place: Place): void {
  if (m.active.includes(o)) return;
  m.active.push(o);
  for (const c of lineage(cls)) {
    for (const [name, fns] of c.fields ?? []) {
      if (name === '__init__') continue;
      for (const fn of fns) if (fn.kind === 'function') touchOne(m, fn, [[o]], place);
    }
  }
  m.active.pop();
}

function touchOne(m: Machine, fn: Obj, pos: readonly Val[], place: Place): void {
  const work = (): Val => {
    maybe(m, () => optional(m, () => call(m, fn, { ...UNKNOWN_ARGS(), pos }, place)));
    return NOTHING;
  };
  if (m.defining !== null) {
    work();
    return;
  }
  const key = `touch ${fn.serial} ${pos[0]?.[0]?.serial ?? ''}`;
  if (m.memo.known(key) === undefined && !m.memo.turning(key)) m.memo.run(key, work);
}

function lineage(cls: Obj): Obj[] {
  const out: Obj[] = [];
  const walk = (c: Obj): void => {
    if (out.includes(c) || c.data?.of !== 'class') return;
    out.push(c);
    c.data.cls.bases.forEach(walk);
  };
  walk(cls);
  return out;
}

const UNKNOWN_ARGS = (): Args => ({ pos: [], kw: new Map(), rest: [fresh('fresh')] });

/** Runs a function's body with its arguments; its reads and changes are those of the block that calls it. */
export function call(m: Machine, f: Obj, args: Args, place: Place): Val {
  if (f.data?.of !== 'function') return [unknown()];
  const fn = f.data.fn;
  if (fn.node.kind === 'FunctionDef') noteCached(m, fn.node, place);
  let turns = 0;
  for (const a of m.active) if (a === fn.node) turns++;
  if (turns > 1) return [fresh('fresh')];
  const key = m.defining === null ? callKey(m, f, args) : null;
  if (key !== null) {
    const known = m.memo.known(key);
    if (known !== undefined) return known;
    if (turns > 0 && m.memo.turning(key)) return [fresh('fresh')];
  }
  if (m.active.length > DEEPEST || !m.spend()) return summarise(m, f, args, place, key);
  return key === null ? follow(m, f, fn, args) : m.memo.run(key, () => follow(m, f, fn, args));
}

/** One text for calls that cannot differ: the function, the very objects it is given, and whether it surely runs. */
function callKey(m: Machine, f: Obj, args: Args): string {
  let key = `${f.serial}${m.maybe > 0 ? '?' : '!'}${Obj.repeating > 0 ? '*' : ''}`;
  for (const v of args.pos) {
    key += '|';
    for (const o of v) key += `${o.serial},`;
  }
  for (const [k, v] of args.kw) {
    key += `|${k}=`;
    for (const o of v) key += `${o.serial},`;
  }
  key += '/';
  for (const o of args.rest) key += `${o.serial},`;
  return key;
}

function follow(m: Machine, f: Obj, fn: FunctionData, args: Args): Val {
  const generator = isGenerator(fn.node);
  if (generator && fn.role !== 'context') {
    const out = fresh('generator', false);
    lazily(m, out, () => out.holdAll(execute(m, f, fn, args)));
    return [out];
  }
  if (generator) {
    const out = fresh('generator', false);
    out.holdAll(execute(m, f, fn, args));
    return [out];
  }
  return execute(m, f, fn, args);
}

/** What an iterator does when it is drawn from: once a block, as each may find other values in what it reads. */
export function lazily(m: Machine, out: Obj, work: () => void): void {
  let ran: object | null = null;
  out.pending = () => {
    if (ran === m.facts || m.active.includes(out)) return;
    ran = m.facts;
    m.active.push(out);
    m.depth++;
    try {
      work();
    } finally {
      m.depth--;
      m.active.pop();
    }
  };
}

function execute(m: Machine, f: Obj, fn: FunctionData, args: Args): Val {
  const node = fn.node;
  const frame: Frame = {
    kind: 'function',
    env: m.localEnv(),
    names: functionNames(node),
    parent: fn.closure,
    cells: null,
    className: fn.owner?.data?.of === 'class' ? fn.owner.data.cls.node.name.id : (fn.closure?.className ?? null),
    depth: m.depth + 1
  };
  bindParameters(frame, fn, args);
  m.active.push(node);
  m.depth++;
  const exit = {
    kind: 'function' as const,
    mark: m.trail.mark,
    finals: m.finals.length,
    breaks: [] as Way[],
    continues: [] as Way[],
    values: [] as Val[]
  };
  m.exits.push(exit);
  const defining = m.defining;
  if (defining !== null) defining.plain = false;
  let result: Val;
  try {
    if (node.kind === 'Lambda') result = evaluate(m, frame, node.body);
    else {
      const live = runBlock(m, frame, node.body);
      const outs = exit.breaks.map(b => b.outcome);
      if (live) outs.push(m.trail.outcome(exit.mark));
      if (outs.length === 0) for (const pause of exit.continues) outs.push(pause.outcome);
      if (outs.length !== 1 || !live) {
        m.trail.rollback(exit.mark);
        m.merge(outs);
      }
      result = union(
        live && exit.values.length > 0 && !isGenerator(node)
          ? [...exit.values, NONE]
          : exit.values.length > 0
            ? exit.values
            : [NONE]
      );
    }
  } finally {
    m.exits.pop();
    m.depth--;
    m.active.pop();
  }
  void f;
  return result;
}

function bindParameters(frame: Frame, fn: FunctionData, args: Args): void {
  const p = fn.node.params;
  const positional = [...p.posonly, ...p.args];
  const bind = (name: string, vals: Val): void => frame.env.set(name, { vals, certain: true });
  positional.forEach((param, i) => {
    const name = param.name.id;
    const given = args.pos[i] ?? args.kw.get(name);
    if (given !== undefined) bind(name, given);
    else
      bind(
        name,
        union([
          fn.defaults.get(name) ?? NOTHING,
          args.rest.length > 0 ? args.rest : fn.defaults.has(name) ? NOTHING : SCALAR
        ])
      );
  });
  for (const param of p.kwonly) {
    const name = param.name.id;
    bind(name, args.kw.get(name) ?? union([fn.defaults.get(name) ?? NOTHING, args.rest]));
  }
  if (p.vararg !== null) {
    const more = args.pos.slice(positional.length);
    const t = args.rest.length > 0 ? fresh('tuple', false) : tuple(more);
    for (const v of more) t.holdAll(v);
    t.holdAll(args.rest);
    bind(p.vararg.name.id, [t]);
  }
  if (p.kwarg !== null) {
    const d = fresh('dict', false);
    d.fields = new Map();
    const named = new Set([...positional, ...p.kwonly].map(x => x.name.id));
    for (const [k, v] of args.kw) {
      if (named.has(k)) continue;
      d.holdAll(v);
      d.fields.set(k, v);
    }
    d.holdAll(args.rest);
    bind(p.kwarg.name.id, [d]);
  }
}

const generators = new WeakMap<object, boolean>();

function isGenerator(node: FunctionDef | Lambda): boolean {
  let known = generators.get(node);
  if (known === undefined) {
    known = node.kind === 'FunctionDef' && hasYield(node.body);
    generators.set(node, known);
  }
  return known;
}

function hasYield(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(hasYield);
  if (node === null || typeof node !== 'object') return false;
  const kind = (node as { kind?: string }).kind;
  if (kind === 'Yield' || kind === 'YieldFrom') return true;
  if (kind === 'FunctionDef' || kind === 'ClassDef' || kind === 'Lambda' || kind === 'GeneratorExp') return false;
  for (const key in node) if (hasYield((node as Record<string, unknown>)[key])) return true;
  return false;
}

/** `__call__` of the metaclass stands before the making. */
function instead(m: Machine, cls: Obj, args: Args, place: Place): Val | null {
  if (metaclasses(cls).length === 0) return null;
  m.active.push(cls);
  try {
    return classHook(m, cls, null, '__call__', args, place);
  } finally {
    m.active.pop();
  }
}

function instantiate(m: Machine, frame: Frame | null, cls: Obj, args: Args, place: Place): Val {
  if (cls.data?.of !== 'class') return [unknown()];
  const byMeta = m.active.includes(cls) ? null : instead(m, cls, args, place);
  const made = new Obj('instance', { of: 'instance', cls });
  made.fields = new Map();
  made.keyed = true;
  const foreign = isForeign(cls);
  const init = classField(cls, '__init__');
  const create = classField(cls, '__new__');
  let val: Val = [made];
  if (create !== undefined) {
    for (const fn of create) {
      if (fn.kind !== 'function') continue;
      const got = call(m, fn, { ...args, pos: [[cls], ...args.pos] }, place);
      const own = got.filter(o => o.kind === 'instance');
      if (own.length > 0) val = own;
    }
  }
  if (init !== undefined) {
    for (const o of val)
      for (const fn of init) if (fn.kind === 'function') call(m, fn, { ...args, pos: [[o], ...args.pos] }, place);
  } else {
    // A dataclass, a named tuple, or a foreign constructor keeps what it is given.
    const fields = cls.data.cls.node.body.flatMap(s =>
      s.kind === 'AnnAssign' && s.target.kind === 'Name' ? [s.target.id] : []
    );
    args.pos.forEach((v, i) => {
      made.holdAll(v);
      const name = fields[i];
      if (name !== undefined) made.fields!.set(name, v);
    });
    for (const [k, v] of args.kw) {
      made.holdAll(v);
      made.fields.set(k, v);
    }
    made.holdAll(args.rest);
    const post = classField(cls, '__post_init__');
    for (const fn of post ?? [])
      if (fn.kind === 'function') call(m, fn, { pos: [[made]], kw: new Map(), rest: NOTHING }, place);
    if (cls.data.cls.dataclass) {
      for (const name of fields) {
        if (made.fields.has(name)) continue;
        for (const d of cls.fields?.get(name) ?? []) {
          if (d.data?.of === 'method' && d.data.name === 'default_factory')
            made.fields.set(name, callValue(m, frame, d.data.self, { pos: [], kw: new Map(), rest: NOTHING }, place));
        }
        const v = made.fields.get(name);
        if (v !== undefined) made.holdAll(v);
      }
    }
  }
  if (foreign) made.makeOpaque();
  return byMeta === null ? val : union([val, byMeta.filter(o => o.kind === 'instance' && o.data?.of === 'instance')]);
}
