/** What statements bind, read and change, way by way. */
import type {
  Assign,
  AugAssign,
  ClassDef,
  Expr,
  For,
  FunctionDef,
  If,
  Match,
  Pattern,
  Stmt,
  Try,
  TypeAlias,
  While,
  With
} from '../python';
import { OPERATOR_METHODS, addElements, elementsOf, evaluate, evaluateAll, item, test, truth } from './expressions';
import type { Frame } from './frame';
import { callMethod, loadAttribute } from './methods';
import { makeClass, makeFunction } from './invoke';
import { libraryModule, noteImport } from './library';
import type { BindingKind, Machine } from './machine';
import { Obj, type Val, NOTHING, NUMBER, SCALAR, fresh, isKind, libPath, union, unknown } from './objects';
import type { Seen } from './trail';
import { deleteSubscript, isNamespace, storeAttribute, storeSubscript } from './stores';

/** Runs a suite; false if no way comes out at its end. */
export function runBlock(m: Machine, frame: Frame | null, body: readonly Stmt[]): boolean {
  for (const s of body) if (!run(m, frame, s)) return false;
  return true;
}

export function run(m: Machine, frame: Frame | null, s: Stmt): boolean {
  switch (s.kind) {
    case 'ExprStmt':
      evaluate(m, frame, s.value);
      return true;
    case 'Assign':
      assign(m, frame, s);
      return true;
    case 'AugAssign':
      augment(m, frame, s);
      return true;
    case 'AnnAssign':
      // An annotation is evaluated at module and class level, before Python 3.14 only.
      if ((frame === null || frame.kind === 'class') && annotationsAreRead(m)) evaluate(m, frame, s.annotation);
      if (s.value !== null) {
        const val = evaluate(m, frame, s.value);
        bindTarget(m, frame, s.target, val, literalKind(s.value, s.target));
      }
      return true;
    case 'FunctionDef':
      define(m, frame, s, 'def', () => makeFunction(m, frame, s));
      return true;
    case 'ClassDef':
      define(m, frame, s, 'class', () => makeClass(m, frame, s));
      return true;
    case 'TypeAlias':
      define(m, frame, s, 'def', () => [fresh('fresh')]);
      return true;
    case 'Return': {
      const val = s.value === null ? NOTHING : evaluate(m, frame, s.value);
      const exit = lastExit(m, 'function');
      if (exit !== undefined) {
        exit.values.push(val);
        runFinals(m, frame, exit.finals);
        exit.breaks.push({ outcome: m.trail.outcome(exit.mark) });
      }
      return false;
    }
    case 'Raise':
      if (s.exc !== null) evaluate(m, frame, s.exc);
      if (s.cause !== null) evaluate(m, frame, s.cause);
      return false;
    case 'Break':
    case 'Continue': {
      const exit = lastExit(m, 'loop');
      if (exit === undefined) return false;
      runFinals(m, frame, exit.finals);
      (s.kind === 'Break' ? exit.breaks : exit.continues).push({ outcome: m.trail.outcome(exit.mark) });
      return false;
    }
    case 'Delete':
      for (const t of s.targets) remove(m, frame, t);
      return true;
    case 'If':
      return branch(m, frame, s);
    case 'For':
      return forLoop(m, frame, s);
    case 'While':
      return whileLoop(m, frame, s);
    case 'Try':
      return tryStatement(m, frame, s);
    case 'With':
      return withStatement(m, frame, s, 0);
    case 'Match':
      return match(m, frame, s);
    case 'Assert':
      test(m, frame, s.test);
      if (s.msg !== null) maybe(m, () => evaluate(m, frame, s.msg!));
      return true;
    case 'Import':
      for (const a of s.names) {
        const top = a.name.split('.', 1)[0]!;
        noteImport(m, a.name);
        const path = a.asname === null ? top : a.name;
        bindSpan(m, frame, a.asname?.id ?? top, [libraryModule(path)], 'import', a);
      }
      return true;
    case 'ImportFrom': {
      const module = '.'.repeat(s.level) + (s.module ?? '');
      if (s.module !== '__future__') noteImport(m, module);
      for (const a of s.names) {
        if (a.name === '*') starImport(m, frame, module, s);
        else bindSpan(m, frame, a.asname?.id ?? a.name, [libraryModule(`${module}.${a.name}`)], 'import', a);
      }
      return true;
    }
    default:
      return true;
  }
}

function lastExit(m: Machine, kind: 'loop' | 'function') {
  for (let i = m.exits.length - 1; i >= 0; i--) {
    const exit = m.exits[i]!;
    if (exit.kind === kind) return exit;
    if (exit.kind === 'function') return undefined;
  }
  return undefined;
}

/** Leaving runs the `finally` suites between here and where it leads, the inner ones first. */
function runFinals(m: Machine, frame: Frame | null, outer: number): void {
  const kept = m.finals.splice(outer);
  for (let i = kept.length - 1; i >= 0; i--) runBlock(m, frame, kept[i]!);
  m.finals.push(...kept);
}

/** Code that may not run. */
export function maybe<T>(m: Machine, f: () => T): T {
  m.maybe++;
  Obj.repeating++;
  try {
    return f();
  } finally {
    m.maybe--;
    Obj.repeating--;
  }
}

export function annotationsAreRead(m: Machine): boolean {
  return !m.cell.futures.has('annotations') && (m.context.python[0] < 3 || m.context.python[1] < 14);
}

// Binding

export function bindName(
  m: Machine,
  frame: Frame | null,
  name: { id: string; start: number; end: number },
  val: Val,
  kind: BindingKind
): void {
  bindSpan(m, frame, name.id, val, kind, name);
}

export function bindSpan(
  m: Machine,
  frame: Frame | null,
  name: string,
  val: Val,
  kind: BindingKind,
  span: { start: number; end: number }
): void {
  const target = bindingFrame(frame, name);
  const place = m.here(span);
  if (target === null) {
    name = mangled(frame, name);
    const surely = m.maybe === 0 && m.depth === 0;
    const parameter = kind === 'literal' && m.cell.parameters && m.context.parameters.has(name);
    m.bind(name, val, place, {
      name,
      kind: parameter ? 'parameter' : kind,
      block: m.block,
      place,
      statement: m.statement,
      reads: m.defining === null || !m.defining.plain ? null : m.defining.reads,
      surely,
      changed: m.depth > 0
    });
    return;
  }
  target.env.set(name, { vals: val, certain: true });
  if (target.cells !== null) {
    target.cells.holdAll(val);
    // Another function's variable: the functions that share it have changed.
    if (target !== frame && frame !== null && frame.names.nonlocals.has(name)) m.change([target.cells], place);
  }
}

/** Private names in a class are the class's own. */
export function mangled(frame: Frame | null, name: string): string {
  if (!name.startsWith('__') || name.endsWith('__')) return name;
  for (let f = frame; f !== null; f = f.parent)
    if (f.className !== null) return `_${f.className.replace(/^_+/, '')}${name}`;
  return name;
}

/** The scope that a binding of the name in this frame goes to; null: the notebook's namespace. */
function bindingFrame(frame: Frame | null, name: string): Frame | null {
  if (frame === null) return null;
  if (frame.names.globals.has(name)) return null;
  if (frame.names.nonlocals.has(name)) {
    for (let f = frame.parent; f !== null; f = f.parent)
      if (f.kind === 'function' && f.names.locals.has(name)) return f;
    return null;
  }
  if (frame.names.locals.has(name)) return frame;
  // A walrus in a comprehension binds in the scope around it.
  return frame.kind === 'comprehension' ? bindingFrame(frame.parent, name) : frame;
}

/** Binds a target to a value, part by part. */
export function bindTarget(m: Machine, frame: Frame | null, target: Expr, val: Val, kind: BindingKind = 'other'): void {
  switch (target.kind) {
    case 'Name':
      bindName(m, frame, target, val, kind);
      break;
    case 'Tuple':
    case 'List':
      unpack(m, frame, target.elts, val);
      break;
    case 'Starred':
      bindTarget(m, frame, target.value, val);
      break;
    case 'Attribute':
      storeAttribute(m, evaluate(m, frame, target.value), target, val);
      break;
    case 'Subscript': {
      if (isNamespace(target.value) && target.index.kind === 'Constant') m.namespaceAccess.add(target.value);
      const base = evaluate(m, frame, target.value);
      const index = evaluate(m, frame, target.index);
      storeSubscript(m, frame, base, index, target, val);
      break;
    }
    default:
      evaluate(m, frame, target);
  }
}

function unpack(m: Machine, frame: Frame | null, targets: readonly Expr[], val: Val): void {
  const star = targets.findIndex(t => t.kind === 'Starred');
  const rows = val.length === 1 ? val[0]!.data : null;
  const items = rows?.of === 'items' ? rows.items : null;
  const rest = items === null ? elementsOf(m, val) : NOTHING;
  targets.forEach((t, i) => {
    if (t.kind === 'Starred') {
      const list = fresh('list', false);
      if (items === null) list.holdAll(rest);
      else for (const v of items.slice(i, items.length - (targets.length - i - 1))) list.holdAll(v);
      bindTarget(m, frame, t.value, [list]);
    } else if (items !== null) {
      const at = star >= 0 && i > star ? items.length - (targets.length - i) : i;
      bindTarget(m, frame, t, items[at] ?? SCALAR);
    } else bindTarget(m, frame, t, rest.length === 0 ? SCALAR : rest);
  });
}

function literalKind(value: Expr, target: Expr): BindingKind {
  return target.kind === 'Name' && isLiteral(value) ? 'literal' : 'other';
}

/** A constant that source alone makes again: numbers, strings, and tuples of them. */
export function isLiteral(e: Expr): boolean {
  if (e.kind === 'Constant') return true;
  if (e.kind === 'UnaryOp') return e.op !== 'not' && isLiteral(e.operand);
  return e.kind === 'Tuple' && e.elts.every(isLiteral);
}

function assign(m: Machine, frame: Frame | null, s: Assign): void {
  const val = evaluate(m, frame, s.value);
  for (const t of s.targets)
    bindTarget(m, frame, t, val, s.targets.length === 1 ? parameterKind(m, s.value, t) : 'other');
}

function parameterKind(m: Machine, value: Expr, target: Expr): BindingKind {
  if (target.kind === 'Name' && m.depth === 0 && m.cell.parameters && m.context.parameters.has(target.id))
    return 'literal';
  return literalKind(value, target);
}

const IN_PLACE = ['list', 'dict', 'defaultdict', 'set', 'bytearray', 'deque', 'ndarray', 'series', 'frame'] as const;

function augment(m: Machine, frame: Frame | null, s: AugAssign): void {
  const target = s.target;
  if (target.kind === 'Attribute' || target.kind === 'Subscript') {
    const base = evaluate(m, frame, target.value);
    const index = target.kind === 'Subscript' ? evaluate(m, frame, target.index) : null;
    const place = m.here(target);
    const inside =
      target.kind === 'Attribute'
        ? loadAttribute(m, frame, base, target.attr, place)
        : union(base.map(o => item(m, frame, o, target.index, index!, place)));
    const result = augmented(m, frame, s, inside, evaluate(m, frame, s.value));
    if (target.kind === 'Attribute') storeAttribute(m, base, target, result);
    else storeSubscript(m, frame, base, index!, target, result);
    return;
  }
  const old = evaluate(m, frame, target);
  bindTarget(m, frame, target, augmented(m, frame, s, old, evaluate(m, frame, s.value)));
}

/** What `old op= value` gives; objects that can be are changed in place. */
function augmented(m: Machine, frame: Frame | null, s: AugAssign, old: Val, value: Val): Val {
  const place = m.here(s);
  const result: Val[] = [];
  for (const o of old) {
    if (o.kind === 'set' && libPath(o) === 'frozenset') {
      const t = fresh('set', o.opaque);
      t.holdAll(o.elements());
      addElements(t, value);
      result.push([t]);
    } else if ((IN_PLACE as readonly string[]).includes(o.kind)) {
      m.change([o], place, old.length === 1);
      addElements(o, value);
      result.push([o]);
    } else if (o.kind === 'instance') {
      const [called, found] = callMethod(m, frame, o, `__i${OPERATOR_METHODS[s.op]}__`, [value], place);
      result.push(found ? called : callMethod(m, frame, o, `__${OPERATOR_METHODS[s.op]}__`, [value], place)[0]);
    } else if (o.kind === 'unknown' || o.kind === 'fresh') {
      m.change([o], place, false);
      result.push([o]);
    } else if (o.kind === 'tuple') {
      const t = fresh('tuple', o.opaque);
      t.holdAll(o.elements());
      t.holdAll(elementsOf(m, value));
      result.push([t]);
    } else
      result.push(o.kind === 'number' && !isKind(value, 'number') ? union([[o], value.length ? SCALAR : NUMBER]) : [o]);
  }
  return union(result);
}

function remove(m: Machine, frame: Frame | null, target: Expr): void {
  switch (target.kind) {
    case 'Name': {
      const f = bindingFrame(frame, target.id);
      if (f !== null) f.env.set(target.id, undefined);
      else if (m.globals.get(target.id) === undefined) evaluate(m, frame, target);
      else m.unbind(target.id, m.here(target));
      break;
    }
    case 'Tuple':
    case 'List':
      for (const t of target.elts) remove(m, frame, t);
      break;
    case 'Attribute':
      storeAttribute(m, evaluate(m, frame, target.value), target, NOTHING);
      break;
    case 'Subscript': {
      const base = evaluate(m, frame, target.value);
      deleteSubscript(m, frame, base, evaluate(m, frame, target.index), target);
      break;
    }
    default:
      evaluate(m, frame, target);
  }
}

/** A `def` or `class`: what is read while it is made decides whether it can be made again elsewhere. */
function define(
  m: Machine,
  frame: Frame | null,
  s: FunctionDef | ClassDef | TypeAlias,
  kind: BindingKind,
  make: () => Val
): void {
  if (frame !== null || m.defining !== null) {
    bindName(m, frame, s.name, make(), kind);
    return;
  }
  m.defining = { reads: new Set(), plain: true };
  try {
    bindName(m, frame, s.name, make(), kind);
  } finally {
    m.defining = null;
  }
}

function starImport(m: Machine, frame: Frame | null, module: string, span: { start: number; end: number }): void {
  const names = m.context.stars(module);
  const place = m.here(span);
  if (names === null) {
    m.stars.push({
      module,
      block: m.block,
      binding: {
        name: '*',
        kind: 'star',
        block: m.block,
        place,
        statement: m.statement,
        reads: null,
        surely: m.maybe === 0,
        changed: false
      }
    });
    return;
  }
  for (const name of names) bindSpan(m, frame, name, [libraryModule(`${module}.${name}`)], 'import', span);
}

// Ways

function branch(m: Machine, frame: Frame | null, s: If): boolean {
  test(m, frame, s.test);
  const decided = truth(m, frame, s.test);
  if (decided !== null) return runBlock(m, frame, decided ? s.body : s.orelse);
  return maybe(m, () => m.ways([() => runBlock(m, frame, s.body), () => runBlock(m, frame, s.orelse)]));
}

/** Body, `else`, and what `break` and `continue` bring; `once`: the body runs at least once. */
function loop(
  m: Machine,
  frame: Frame | null,
  body: () => boolean,
  orelse: readonly Stmt[],
  once: boolean,
  endless: boolean
): boolean {
  const exit = {
    kind: 'loop' as const,
    mark: m.trail.mark,
    finals: m.finals.length,
    breaks: [],
    continues: [],
    values: []
  };
  m.exits.push(exit);
  const pass = (): boolean => {
    const start = m.trail.mark;
    const live = body();
    const outs = exit.continues.splice(0).map((w: { outcome: ReturnType<typeof m.trail.outcome> }) => w.outcome);
    if (live) outs.push(m.trail.outcome(start));
    if (outs.length === 0) return false;
    m.trail.rollback(start);
    m.merge(outs);
    return true;
  };
  // A second pass sees what the first has bound and changed.
  const turns = (): boolean => pass() && m.ways([() => true, pass]);
  maybe(m, () => {
    const live = once ? turns() : m.ways([() => true, turns]);
    const outs: ReturnType<typeof m.trail.outcome>[] = [];
    if (live && !endless) {
      m.exits.pop();
      if (runBlock(m, frame, orelse)) outs.push(m.trail.outcome(exit.mark));
      m.exits.push(exit);
    }
    m.trail.rollback(exit.mark);
    for (const b of exit.breaks as { outcome: ReturnType<typeof m.trail.outcome> }[]) outs.push(b.outcome);
    m.merge(outs);
    (exit as { live?: boolean }).live = outs.length > 0;
  });
  m.exits.pop();
  return (exit as { live?: boolean }).live === true;
}

function forLoop(m: Machine, frame: Frame | null, s: For): boolean {
  const iterable = evaluate(m, frame, s.iter);
  m.inOrder(iterable, m.here(s.iter));
  const body = (): boolean => {
    bindTarget(m, frame, s.target, elementsOf(m, iterable, m.here(s.iter)));
    return runBlock(m, frame, s.body);
  };
  return loop(m, frame, body, s.orelse, false, false);
}

function whileLoop(m: Machine, frame: Frame | null, s: While): boolean {
  const decided = truth(m, frame, s.test);
  test(m, frame, s.test);
  if (decided === false) return runBlock(m, frame, s.orelse);
  const body = (): boolean => {
    const live = runBlock(m, frame, s.body);
    if (live) test(m, frame, s.test);
    return live;
  };
  return loop(m, frame, body, s.orelse, decided === true, decided === true);
}

function tryStatement(m: Machine, frame: Frame | null, s: Try): boolean {
  const start = m.trail.mark;
  let live = false;
  const outs: ReturnType<typeof m.trail.outcome>[] = [];
  // What the body may have bound before it failed.
  let history: Seen | null = null;
  if (s.finalbody.length > 0) m.finals.push(s.finalbody);
  const protect = (f: () => boolean): boolean => (s.handlers.length > 0 ? maybe(m, f) : f());
  live = protect(() => {
    const seen = m.trail.watch();
    const ok = runBlock(m, frame, s.body);
    m.trail.unwatch(seen);
    history = seen;
    return ok && runBlock(m, frame, s.orelse);
  });
  if (live) outs.push(m.trail.outcome(start));
  m.trail.rollback(start);
  maybe(m, () => {
    for (const h of s.handlers) {
      for (const [env, names] of history!) {
        for (const [name, slots] of names) env.set(name, env.join(name, slots));
      }
      if (h.type !== null) evaluate(m, frame, h.type);
      if (h.name !== null) bindName(m, frame, h.name, [fresh('fresh')], 'other');
      if (runBlock(m, frame, h.body)) {
        if (h.name !== null) remove(m, frame, h.name);
        outs.push(m.trail.outcome(start));
      }
      m.trail.rollback(start);
    }
  });
  m.merge(outs);
  if (s.finalbody.length > 0) m.finals.pop();
  const end = s.finalbody.length === 0 || runBlock(m, frame, s.finalbody);
  return outs.length > 0 && end;
}

function withStatement(m: Machine, frame: Frame | null, s: With, i: number): boolean {
  const item = s.items[i];
  if (item === undefined) return runBlock(m, frame, s.body);
  const manager = evaluate(m, frame, item.context);
  const place = m.here(item.context);
  const entered: Val[] = [];
  let swallows = false;
  for (const o of manager) {
    if (o.kind === 'instance') {
      entered.push(callMethod(m, frame, o, s.isAsync ? '__aenter__' : '__enter__', [], place)[0]);
      swallows = true;
    } else if (o.kind === 'generator') {
      elementsOf(m, [o], place);
      entered.push([unknown()]);
      swallows = true;
    } else {
      const path = libPath(o) ?? (o as Obj & { path?: string }).path ?? '';
      if (o.kind === 'fresh' && o.draws === 'suppress') swallows = true;
      if (path.endsWith('suppress')) swallows = true;
      entered.push([o]);
    }
  }
  if (item.target !== null) bindTarget(m, frame, item.target, union(entered));
  const leave = (): void => {
    for (const o of manager) {
      if (o.kind === 'instance')
        callMethod(m, frame, o, s.isAsync ? '__aexit__' : '__exit__', [NOTHING, NOTHING, NOTHING], place);
    }
  };
  if (!swallows) {
    const live = withStatement(m, frame, s, i + 1);
    if (live) leave();
    return live;
  }
  // The block may be left at any point, and what follows still runs.
  const start = m.trail.mark;
  const outs: ReturnType<typeof m.trail.outcome>[] = [];
  maybe(m, () => {
    const seen = m.trail.watch();
    const live = withStatement(m, frame, s, i + 1);
    m.trail.unwatch(seen);
    const history = seen;
    if (live) outs.push(m.trail.outcome(start));
    m.trail.rollback(start);
    for (const [env, names] of history) for (const [name, slots] of names) env.set(name, env.join(name, slots));
    outs.push(m.trail.outcome(start));
    m.trail.rollback(start);
  });
  m.merge(outs);
  leave();
  return true;
}

function match(m: Machine, frame: Frame | null, s: Match): boolean {
  const subject = evaluate(m, frame, s.subject);
  let exhaustive = false;
  const runs = s.cases.map(c => () => {
    bindPattern(m, frame, c.pattern, subject);
    if (c.guard !== null) evaluate(m, frame, c.guard);
    return runBlock(m, frame, c.body);
  });
  for (const c of s.cases) if (c.guard === null && irrefutable(c.pattern)) exhaustive = true;
  if (!exhaustive) {
    // A pattern that fails half-way may have bound its first names.
    runs.push(() => {
      for (const c of s.cases) maybe(m, () => m.ways([() => true, matched(m, frame, c.pattern, subject)]));
      return true;
    });
  }
  return maybe(m, () => m.ways(runs));
}

function matched(m: Machine, frame: Frame | null, p: Pattern, subject: Val): () => boolean {
  return () => {
    bindPattern(m, frame, p, subject);
    return true;
  };
}

function irrefutable(p: Pattern): boolean {
  if (p.kind === 'MatchAs') return p.pattern === null || irrefutable(p.pattern);
  return p.kind === 'MatchOr' && p.patterns.some(irrefutable);
}

function bindPattern(m: Machine, frame: Frame | null, p: Pattern, subject: Val): void {
  switch (p.kind) {
    case 'MatchValue':
      evaluate(m, frame, p.value);
      break;
    case 'MatchAs':
      if (p.pattern !== null) bindPattern(m, frame, p.pattern, subject);
      if (p.name !== null) bindName(m, frame, p.name, subject, 'other');
      break;
    case 'MatchStar': {
      const list = fresh('list', false);
      list.holdAll(elementsOf(m, subject));
      if (p.name !== null) bindName(m, frame, p.name, [list], 'other');
      break;
    }
    case 'MatchSequence': {
      const data = subject.length === 1 ? subject[0]!.data : null;
      const items = data?.of === 'items' ? data.items : null;
      p.patterns.forEach((x, i) => {
        bindPattern(m, frame, x, x.kind === 'MatchStar' ? subject : (items?.[i] ?? elementsOf(m, subject)));
      });
      break;
    }
    case 'MatchMapping':
      evaluateAll(m, frame, p.keys);
      for (const x of p.patterns) bindPattern(m, frame, x, union(subject.map(o => o.elements())));
      if (p.rest !== null) {
        const rest = fresh('dict', false);
        for (const o of subject) rest.holdAll(o.elements());
        bindName(m, frame, p.rest, [rest], 'other');
      }
      break;
    case 'MatchClass': {
      evaluate(m, frame, p.cls);
      const parts = union(subject.map(o => (o.fields === null ? o.elements() : union([...o.fields.values()]))));
      for (const x of [...p.patterns, ...p.kwdPatterns])
        bindPattern(m, frame, x, parts.length === 0 ? subject : union([parts, subject]));
      break;
    }
    case 'MatchOr':
      maybe(m, () => m.ways(p.patterns.map(x => matched(m, frame, x, subject))));
      break;
    default:
      break;
  }
}
