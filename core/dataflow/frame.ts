/** Local scopes: what a function, class body or comprehension binds for itself. */
import type { Expr, FunctionDef, Lambda, Pattern, Stmt } from '../python';
import type { Obj, Val } from './objects';
import type { Env } from './trail';

export interface LocalSlot {
  readonly vals: Val;
  readonly certain: boolean;
}

export interface Frame {
  readonly kind: 'function' | 'class' | 'comprehension';
  readonly env: Env<LocalSlot>;
  readonly names: Names;
  readonly parent: Frame | null;
  /** Stands for the variables that inner functions share; made when the first inner function is. */
  cells: Obj | null;
  /** Of the class around it, for its private names. */
  readonly className: string | null;
  /** Functions on the way here, against endless recursion. */
  readonly depth: number;
}

export interface Names {
  readonly locals: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
}

const known = new WeakMap<object, Names>();

/** Names that a function body binds, and those that it declares to be another scope's. */
export function functionNames(node: FunctionDef | Lambda): Names {
  let names = known.get(node);
  if (names === undefined) {
    const c = new Collector();
    const p = node.params;
    for (const param of [...p.posonly, ...p.args, ...p.kwonly]) c.locals.add(param.name.id);
    if (p.vararg) c.locals.add(p.vararg.name.id);
    if (p.kwarg) c.locals.add(p.kwarg.name.id);
    if (node.kind === 'Lambda') c.walrus(node.body);
    else c.block(node.body);
    names = c.done();
    known.set(node, names);
  }
  return names;
}

/** Names that a block of statements binds in its own scope. */
export function blockNames(body: readonly Stmt[]): Names {
  let names = known.get(body);
  if (names === undefined) {
    const c = new Collector();
    c.block(body);
    names = c.done();
    known.set(body, names);
  }
  return names;
}

/** Names that comprehension targets bind. */
export function targetNames(targets: readonly Expr[]): Names {
  const c = new Collector();
  for (const t of targets) c.target(t);
  return c.done();
}

class Collector {
  readonly locals = new Set<string>();
  readonly globals = new Set<string>();
  readonly nonlocals = new Set<string>();

  done(): Names {
    for (const n of this.globals) this.locals.delete(n);
    for (const n of this.nonlocals) this.locals.delete(n);
    return this;
  }

  block(body: readonly Stmt[]): void {
    for (const s of body) this.statement(s);
  }

  statement(s: Stmt): void {
    switch (s.kind) {
      case 'FunctionDef':
        this.locals.add(s.name.id);
        for (const d of s.decorators) this.walrus(d);
        break;
      case 'ClassDef':
        this.locals.add(s.name.id);
        break;
      case 'TypeAlias':
        this.locals.add(s.name.id);
        break;
      case 'Assign':
        for (const t of s.targets) this.target(t);
        this.walrus(s.value);
        break;
      case 'AugAssign':
        this.target(s.target);
        this.walrus(s.value);
        break;
      case 'AnnAssign':
        this.target(s.target);
        if (s.value) this.walrus(s.value);
        break;
      case 'Delete':
        for (const t of s.targets) this.target(t);
        break;
      case 'For':
        this.target(s.target);
        this.walrus(s.iter);
        this.block(s.body);
        this.block(s.orelse);
        break;
      case 'While':
      case 'If':
        this.walrus(s.test);
        this.block(s.body);
        this.block(s.orelse);
        break;
      case 'With':
        for (const i of s.items) {
          if (i.target) this.target(i.target);
          this.walrus(i.context);
        }
        this.block(s.body);
        break;
      case 'Match':
        this.walrus(s.subject);
        for (const c of s.cases) {
          this.pattern(c.pattern);
          if (c.guard) this.walrus(c.guard);
          this.block(c.body);
        }
        break;
      case 'Try':
        this.block(s.body);
        for (const h of s.handlers) {
          if (h.name) this.locals.add(h.name.id);
          this.block(h.body);
        }
        this.block(s.orelse);
        this.block(s.finalbody);
        break;
      case 'Import':
        for (const a of s.names) this.locals.add(a.asname?.id ?? a.name.split('.', 1)[0]!);
        break;
      case 'ImportFrom':
        for (const a of s.names) if (a.name !== '*') this.locals.add(a.asname?.id ?? a.name);
        break;
      case 'Global':
        for (const n of s.names) this.globals.add(n.id);
        break;
      case 'Nonlocal':
        for (const n of s.names) this.nonlocals.add(n.id);
        break;
      case 'ExprStmt':
        this.walrus(s.value);
        break;
      case 'Return':
        if (s.value) this.walrus(s.value);
        break;
      case 'Assert':
        this.walrus(s.test);
        break;
      default:
        break;
    }
  }

  target(e: Expr): void {
    switch (e.kind) {
      case 'Name':
        this.locals.add(e.id);
        break;
      case 'Tuple':
      case 'List':
        for (const x of e.elts) this.target(x);
        break;
      case 'Starred':
        this.target(e.value);
        break;
      default:
        this.walrus(e);
    }
  }

  pattern(p: Pattern): void {
    switch (p.kind) {
      case 'MatchAs':
        if (p.name) this.locals.add(p.name.id);
        if (p.pattern) this.pattern(p.pattern);
        break;
      case 'MatchStar':
        if (p.name) this.locals.add(p.name.id);
        break;
      case 'MatchMapping':
        if (p.rest) this.locals.add(p.rest.id);
        for (const x of p.patterns) this.pattern(x);
        break;
      case 'MatchSequence':
      case 'MatchOr':
        for (const x of p.patterns) this.pattern(x);
        break;
      case 'MatchClass':
        for (const x of p.patterns) this.pattern(x);
        for (const x of p.kwdPatterns) this.pattern(x);
        break;
      default:
        break;
    }
  }

  /** `:=` anywhere in an expression, comprehensions included, lambdas not. */
  walrus(e: Expr): void {
    if (e.kind === 'Lambda') return;
    if (e.kind === 'NamedExpr') this.locals.add(e.target.id);
    for (const child of children(e)) this.walrus(child);
  }
}

/** The expressions directly inside an expression. */
export function children(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'BoolOp':
      return e.values;
    case 'NamedExpr':
      return [e.target, e.value];
    case 'BinOp':
      return [e.left, e.right];
    case 'UnaryOp':
      return [e.operand];
    case 'Lambda':
      return [e.body];
    case 'IfExp':
      return [e.test, e.body, e.orelse];
    case 'Dict':
      return [...e.keys.filter(k => k !== null), ...e.values];
    case 'Set':
    case 'List':
    case 'Tuple':
      return e.elts;
    case 'ListComp':
    case 'SetComp':
    case 'GeneratorExp':
      return [e.elt, ...e.generators.flatMap(g => [g.target, g.iter, ...g.ifs])];
    case 'DictComp':
      return [e.key, e.value, ...e.generators.flatMap(g => [g.target, g.iter, ...g.ifs])];
    case 'Await':
    case 'YieldFrom':
    case 'Starred':
      return [e.value];
    case 'Yield':
      return e.value === null ? [] : [e.value];
    case 'Compare':
      return [e.left, ...e.comparators];
    case 'Call':
      return [e.func, ...e.args, ...e.keywords.map(k => k.value)];
    case 'FormattedValue':
    case 'Interpolation':
      return e.spec === null ? [e.value] : [e.value, e.spec];
    case 'JoinedStr':
    case 'TemplateStr':
      return e.values;
    case 'Attribute':
      return [e.value];
    case 'Subscript':
      return [e.value, e.index];
    case 'Slice':
      return [e.lower, e.upper, e.step].filter(x => x !== null);
    case 'Magic':
      return e.reads;
    default:
      return [];
  }
}
