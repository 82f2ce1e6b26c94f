import type { Comprehension, Expr, Module, Name, Param, Parameters, Pattern, Stmt, TypeParam } from './ast';
import {
  ANNOTATED,
  GLOBAL,
  IMPORTED,
  LOCAL,
  mangle,
  NONLOCAL,
  PARAMETER,
  Scope,
  type ScopeKind,
  type ScopeOwner,
  USED
} from './scopes';

/** Sees, in CPython's order, what its symbol table checks. */
export interface DeclarationWatch {
  /** The scope in which a comprehension's iterable is being read. */
  iterating: Scope | null;
  declared(scope: Scope, name: Name, how: 'global' | 'nonlocal'): void;
  annotated(scope: Scope, name: Name): void;
  walrus(scope: Scope, name: Name): void;
}

/** First pass of the symbol table (`Python/symtable.c`): which scope binds, declares or uses which name. */
export class Collector {
  readonly scopes = new Map<ScopeOwner, Scope>();
  readonly root: Scope;
  private scope: Scope;
  private privateClass: string | null = null;
  /** In a class's type parameters and bases: the names that are mangled, its parameters alone. */
  private classParams: ReadonlySet<string> | null = null;
  private readonly annotated = new Map<Scope, Scope>();

  constructor(
    module: Module,
    private readonly annotations: 'eager' | 'deferred' | 'ignored',
    private readonly watch: DeclarationWatch | null = null
  ) {
    this.root = this.scope = new Scope('module', 'top', module, null, null);
    this.scopes.set(module, this.root);
    this.block(module.body);
  }

  private add(name: string, flag: number, scope = this.scope): void {
    const id = this.classParams === null || this.classParams.has(name) ? mangle(this.privateClass, name) : name;
    const symbol = scope.symbols.get(id);
    if (symbol === undefined) scope.symbols.set(id, { name: id, flags: flag, resolution: 'local' });
    else symbol.flags |= flag;
    if (flag & GLOBAL && scope !== this.root) this.add(name, GLOBAL, this.root);
  }

  private within(kind: ScopeKind, name: string, node: ScopeOwner, visit: () => void): void {
    const outer = this.scope;
    this.scope = new Scope(kind, name, node, outer, this.privateClass);
    if (!this.scopes.has(node)) this.scopes.set(node, this.scope);
    visit();
    this.scope = outer;
  }

  private block(body: readonly Stmt[]): void {
    for (const statement of body) this.statement(statement);
  }

  private bind(target: Expr): void {
    switch (target.kind) {
      case 'Name':
        this.add(target.id, LOCAL);
        return;
      case 'Starred':
        this.bind(target.value);
        return;
      case 'Tuple':
      case 'List':
        for (const elt of target.elts) this.bind(elt);
        return;
      default:
        this.expr(target);
    }
  }

  private statement(node: Stmt): void {
    switch (node.kind) {
      case 'FunctionDef':
        this.add(node.name.id, LOCAL);
        this.defaults(node.params);
        this.exprs(node.decorators);
        this.typed(node.name.id, node, node.typeParams, () => {
          this.signature(node.params, node.returns);
          this.within('function', node.name.id, node, () => {
            this.scopes.set(node, this.scope);
            this.parameters(node.params);
            this.block(node.body);
          });
        });
        return;
      case 'ClassDef': {
        this.add(node.name.id, LOCAL);
        this.exprs(node.decorators);
        const { privateClass: outer, classParams } = this;
        if (node.typeParams.length > 0) {
          this.privateClass = node.name.id;
          this.classParams = new Set(node.typeParams.map(param => param.name.id));
        }
        this.typed(node.name.id, node, node.typeParams, () => {
          this.exprs(node.bases);
          for (const { value } of node.keywords) this.expr(value);
          this.privateClass = node.name.id;
          this.classParams = null;
          this.within('class', node.name.id, node, () => {
            this.scopes.set(node, this.scope);
            this.block(node.body);
          });
        });
        this.privateClass = outer;
        this.classParams = classParams;
        return;
      }
      case 'Return':
        this.maybe(node.value);
        return;
      case 'Delete':
        for (const target of node.targets) this.bind(target);
        return;
      case 'Assign':
        for (const target of node.targets) this.bind(target);
        this.expr(node.value);
        return;
      case 'TypeAlias':
        this.add(node.name.id, LOCAL);
        this.typed(node.name.id, node, node.typeParams, () =>
          this.within('type alias', node.name.id, node, () => this.expr(node.value))
        );
        return;
      case 'AugAssign':
        this.bind(node.target);
        this.expr(node.value);
        return;
      case 'AnnAssign':
        if (node.target.kind !== 'Name') this.expr(node.target);
        else if (node.simple) {
          this.watch?.annotated(this.scope, node.target);
          this.add(node.target.id, ANNOTATED | LOCAL);
        } else if (node.value !== null) this.add(node.target.id, LOCAL);
        this.variableAnnotation(node.annotation);
        this.maybe(node.value);
        return;
      case 'For':
        this.bind(node.target);
        this.expr(node.iter);
        this.block(node.body);
        this.block(node.orelse);
        return;
      case 'While':
      case 'If':
        this.expr(node.test);
        this.block(node.body);
        this.block(node.orelse);
        return;
      case 'With':
        for (const { context, target } of node.items) {
          this.expr(context);
          if (target !== null) this.bind(target);
        }
        this.block(node.body);
        return;
      case 'Match':
        this.expr(node.subject);
        for (const { pattern, guard, body } of node.cases) {
          this.pattern(pattern);
          this.maybe(guard);
          this.block(body);
        }
        return;
      case 'Raise':
        this.maybe(node.exc);
        this.maybe(node.cause);
        return;
      case 'Try':
        this.block(node.body);
        this.block(node.orelse);
        for (const { type, name, body } of node.handlers) {
          this.maybe(type);
          if (name !== null) this.add(name.id, LOCAL);
          this.block(body);
        }
        this.block(node.finalbody);
        return;
      case 'Assert':
        this.expr(node.test);
        this.maybe(node.msg);
        return;
      case 'Import':
        for (const { name, asname } of node.names) this.add(asname?.id ?? name.split('.', 1)[0]!, IMPORTED);
        return;
      case 'ImportFrom':
        for (const { name, asname } of node.names) if (name !== '*') this.add(asname?.id ?? name, IMPORTED);
        return;
      case 'Global':
        for (const name of node.names) {
          this.watch?.declared(this.scope, name, 'global');
          this.add(name.id, GLOBAL);
        }
        return;
      case 'Nonlocal':
        for (const name of node.names) {
          this.watch?.declared(this.scope, name, 'nonlocal');
          this.add(name.id, NONLOCAL);
        }
        return;
      case 'ExprStmt':
        this.expr(node.value);
    }
  }

  private typed(name: string, node: ScopeOwner, params: readonly TypeParam[], visit: () => void): void {
    if (params.length === 0) {
      visit();
      return;
    }
    this.within('type parameters', name, node, () => {
      for (const param of params) {
        this.add(param.name.id, LOCAL);
        for (const value of [param.bound, param.default]) {
          if (value !== null) this.within('type variable', param.name.id, value, () => this.expr(value));
        }
      }
      visit();
    });
  }

  private defaults(params: Parameters): void {
    for (const list of [params.posonly, params.args, params.kwonly])
      for (const param of list) this.maybe(param.default);
  }

  private each(params: Parameters): readonly Param[] {
    const stars = [params.vararg, params.kwarg].filter(param => param !== null);
    return [...params.posonly, ...params.args, ...params.kwonly, ...stars];
  }

  private signature(params: Parameters, returns: Expr | null): void {
    this.annotation([...this.each(params).map(param => param.annotation), returns].filter(part => part !== null));
  }

  private parameters(params: Parameters): void {
    for (const { name } of this.each(params)) this.add(name.id, PARAMETER);
  }

  private annotation(parts: readonly Expr[]): void {
    const first = parts[0];
    if (first === undefined || this.annotations === 'ignored') return;
    if (this.annotations === 'eager') this.exprs(parts);
    else this.within('annotation', '__annotate__', first, () => this.exprs(parts));
  }

  /** Deferred, a module or class has one scope for all its variables' annotations; a function's are never evaluated. */
  private variableAnnotation(node: Expr): void {
    if (this.annotations !== 'deferred') {
      this.annotation([node]);
      return;
    }
    const outer = this.scope;
    if (outer.kind !== 'module' && outer.kind !== 'class') return;
    const known = this.annotated.get(outer);
    if (known === undefined) {
      this.annotation([node]);
      this.annotated.set(outer, this.scopes.get(node)!);
      return;
    }
    this.scopes.set(node, known);
    this.scope = known;
    this.expr(node);
    this.scope = outer;
  }

  private maybe(node: Expr | null): void {
    if (node !== null) this.expr(node);
  }

  private exprs(nodes: readonly Expr[]): void {
    for (const node of nodes) this.expr(node);
  }

  private expr(node: Expr): void {
    switch (node.kind) {
      case 'Name':
        this.add(node.id, USED);
        if (node.id === 'super' && this.scope.kind !== 'module' && this.scope.kind !== 'class') {
          this.add('__class__', USED);
        }
        return;
      case 'Constant':
        return;
      case 'BoolOp':
      case 'JoinedStr':
      case 'TemplateStr':
        this.exprs(node.values);
        return;
      case 'NamedExpr':
        this.watch?.walrus(this.scope, node.target);
        if (this.scope.kind === 'comprehension') this.bindAround(node.target.id);
        this.expr(node.value);
        this.add(node.target.id, LOCAL);
        return;
      case 'BinOp':
        this.expr(node.left);
        this.expr(node.right);
        return;
      case 'UnaryOp':
        this.expr(node.operand);
        return;
      case 'Lambda':
        this.defaults(node.params);
        this.within('lambda', 'lambda', node, () => {
          this.parameters(node.params);
          this.expr(node.body);
        });
        return;
      case 'IfExp':
        this.expr(node.test);
        this.expr(node.body);
        this.expr(node.orelse);
        return;
      case 'Dict':
        for (const key of node.keys) this.maybe(key);
        this.exprs(node.values);
        return;
      case 'ListComp':
        this.comprehension('listcomp', node, node.generators, [node.elt]);
        return;
      case 'SetComp':
        this.comprehension('setcomp', node, node.generators, [node.elt]);
        return;
      case 'GeneratorExp':
        this.comprehension('genexpr', node, node.generators, [node.elt]);
        return;
      case 'DictComp':
        this.comprehension('dictcomp', node, node.generators, [node.value, node.key]);
        return;
      case 'Yield':
        this.maybe(node.value);
        return;
      case 'Await':
      case 'YieldFrom':
      case 'Attribute':
      case 'Starred':
        this.expr(node.value);
        return;
      case 'FormattedValue':
      case 'Interpolation':
        this.expr(node.value);
        this.maybe(node.spec);
        return;
      case 'Compare':
        this.expr(node.left);
        this.exprs(node.comparators);
        return;
      case 'Call':
        this.expr(node.func);
        this.exprs(node.args);
        for (const { value } of node.keywords) this.expr(value);
        return;
      case 'Subscript':
        this.expr(node.value);
        this.expr(node.index);
        return;
      case 'Set':
      case 'List':
      case 'Tuple':
        this.exprs(node.elts);
        return;
      case 'Slice':
        this.maybe(node.lower);
        this.maybe(node.upper);
        this.maybe(node.step);
        return;
      case 'Magic': {
        this.exprs(node.reads);
        for (const { id } of node.binds) this.add(id, LOCAL);
        const code = node.code;
        if (code === null) return;
        if (code.scope === 'cell') this.block(code.body);
        else this.within('function', 'inner', node, () => this.block(code.body));
      }
    }
  }

  private iterable(node: Expr): void {
    const { watch } = this;
    if (watch === null) {
      this.expr(node);
      return;
    }
    const outer = watch.iterating;
    watch.iterating = this.scope;
    this.expr(node);
    watch.iterating = outer;
  }

  private comprehension(name: string, node: ScopeOwner, generators: readonly Comprehension[], parts: Expr[]): void {
    const first = generators[0]!;
    this.iterable(first.iter);
    this.within('comprehension', name, node, () => {
      this.add('.0', PARAMETER);
      for (const generator of generators) {
        this.bind(generator.target);
        if (generator !== first) this.iterable(generator.iter);
        this.exprs(generator.ifs);
      }
      this.exprs(parts);
    });
  }

  /** `:=` in a comprehension binds in the function or module around all comprehensions. */
  private bindAround(name: string): void {
    let outer = this.scope.parent!;
    while (outer.kind === 'comprehension' && outer.parent !== null) outer = outer.parent;
    if (outer.kind === 'module') {
      this.add(name, GLOBAL);
      return;
    }
    if (outer.kind === 'class') return;
    const flags = outer.symbols.get(mangle(this.privateClass, name))?.flags ?? 0;
    this.add(name, flags & GLOBAL ? GLOBAL : NONLOCAL);
    this.add(name, LOCAL, outer);
  }

  private pattern(node: Pattern): void {
    switch (node.kind) {
      case 'MatchValue':
        this.expr(node.value);
        return;
      case 'MatchSequence':
      case 'MatchOr':
        for (const inner of node.patterns) this.pattern(inner);
        return;
      case 'MatchMapping':
        this.exprs(node.keys);
        for (const inner of node.patterns) this.pattern(inner);
        if (node.rest !== null) this.add(node.rest.id, LOCAL);
        return;
      case 'MatchClass':
        this.expr(node.cls);
        for (const inner of node.patterns) this.pattern(inner);
        for (const inner of node.kwdPatterns) this.pattern(inner);
        return;
      case 'MatchStar':
        if (node.name !== null) this.add(node.name.id, LOCAL);
        return;
      case 'MatchAs':
        if (node.pattern !== null) this.pattern(node.pattern);
        if (node.name !== null) this.add(node.name.id, LOCAL);
    }
  }
}
