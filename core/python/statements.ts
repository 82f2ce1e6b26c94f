import type {
  Alias,
  Expr,
  Handler,
  If,
  Keyword,
  MatchCase,
  Module,
  Name,
  Operator,
  Parameters,
  Stmt,
  TypeParam,
  WithItem
} from './ast';
import { FAILED, normalName } from './cursor';
import { Frame, type FrameKind, refusesJump, refusesReturn } from './frame';
import { checkCases } from './pattern-checks';
import { PatternParser } from './patterns';
import * as T from './tokens';

const AUGMENTED: { readonly [kind: number]: Operator } = {
  [T.PLUS]: '+',
  [T.MINUS]: '-',
  [T.STAR]: '*',
  [T.SLASH]: '/',
  [T.PERCENT]: '%',
  [T.AT]: '@',
  [T.VBAR]: '|',
  [T.AMPER]: '&',
  [T.CARET]: '^',
  [T.LSHIFT]: '<<',
  [T.RSHIFT]: '>>',
  [T.DOUBLESTAR]: '**',
  [T.DOUBLESLASH]: '//'
};

/** Features of `__future__`. */
const FEATURES: ReadonlySet<string> = new Set(
  (
    'nested_scopes generators division absolute_import with_statement print_function unicode_literals ' +
    'barry_as_FLUFL generator_stop annotations'
  ).split(' ')
);

/** Longer `elif` chains are refused: each branch nests in the one before. */
const MAX_BRANCHES = 1500;

/** Statements, and the recovery from those that do not parse. */
export abstract class StatementParser extends PatternParser {
  /** The statement at token `from`, which is no Python, as IPython's automagic would run it. */
  protected abstract automagic(from: number): Stmt | null;

  module(): Module {
    const body: Stmt[] = [];
    while (this.kind !== T.EOF) {
      // Stray dedents only follow a block that was skipped.
      if (this.kind === T.DEDENT) this.next();
      else this.statement(body);
    }
    return {
      kind: 'Module',
      start: 0,
      end: this.source.length,
      body,
      problems: this.problems,
      salvaged: this.salvaged,
      futures: this.futures
    };
  }

  /** Appends one logical line's statements, or one compound statement, to `body`. Always gets on; never throws. */
  private statement(body: Stmt[]): void {
    const from = this.at;
    const { depth, frame } = this;
    const { loops, star } = frame;
    try {
      this.parseStatement(body);
    } catch (error) {
      if (error !== FAILED) throw error;
      this.depth = depth;
      this.frame = frame;
      frame.loops = loops;
      frame.star = star;
      const magic = this.automagic(from);
      if (magic !== null) {
        body.push(magic);
        this.goto(this.count - 1);
        return;
      }
      this.report();
      this.recover(from, body);
    }
  }

  /**
   * Skips to the end of the logical line. A block that follows a broken `if`, `for`, `with`, … header is read into the
   * surrounding block; one that follows a broken `def` or `class` is skipped, since its names are not of this scope.
   */
  private recover(from: number, body: Stmt[]): void {
    let at = Math.max(this.at, from);
    while (this.kinds[at] !== T.NEWLINE && this.kinds[at] !== T.EOF) at++;
    if (this.kinds[at] === T.NEWLINE) at++;
    this.salvage(from, at);
    this.goto(at);
    if (this.kind !== T.INDENT) return;
    let first = from;
    while (this.kinds[first] === T.AT || this.kinds[first] === T.K_ASYNC) first++;
    if (this.kinds[first] === T.K_DEF || this.kinds[first] === T.K_CLASS) this.skipBlock();
    else this.splice(body);
  }

  private skipBlock(): void {
    const from = this.at;
    let at = from;
    let level = 0;
    do {
      if (this.kinds[at] === T.INDENT) level++;
      else if (this.kinds[at] === T.DEDENT) level--;
      else if (this.kinds[at] === T.EOF) break;
      at++;
    } while (level > 0);
    this.salvage(from, at);
    this.goto(at);
  }

  private splice(body: Stmt[]): void {
    this.next();
    while (this.kind !== T.DEDENT && this.kind !== T.EOF) this.statement(body);
    this.accept(T.DEDENT);
  }

  private salvage(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (this.kinds[at] !== T.NAME || (at > from && this.kinds[at - 1] === T.DOT)) continue;
      const text = this.text(at);
      const id = this.lexer.unicode ? normalName(text) : text;
      this.salvaged.push({ kind: 'Name', start: this.starts[at]!, end: this.ends[at]!, id });
    }
  }

  private parseStatement(body: Stmt[]): void {
    switch (this.kind) {
      case T.INDENT:
        this.problem('unexpected indent', this.start, this.start);
        this.splice(body);
        return;
      case T.NEWLINE:
        this.next();
        return;
      case T.K_IF:
        body.push(this.if());
        return;
      case T.K_FOR:
        body.push(this.for(this.start, false));
        return;
      case T.K_WHILE:
        body.push(this.while());
        return;
      case T.K_WITH:
        body.push(this.with(this.start, false));
        return;
      case T.K_TRY:
        body.push(this.try());
        return;
      case T.K_DEF:
        body.push(this.def(this.start, [], false));
        return;
      case T.K_CLASS:
        body.push(this.class([]));
        return;
      case T.AT:
        body.push(this.decorated());
        return;
      case T.K_ASYNC:
        body.push(this.async());
        return;
      case T.NAME:
        if (this.isWord('match') && this.beginsMatch()) {
          body.push(this.match());
          return;
        }
    }
    this.simpleLine(body);
  }

  /** `a; b; c` and the line's end. */
  private simpleLine(body: Stmt[]): void {
    for (;;) {
      body.push(this.simple());
      if (this.kind !== T.SEMI) break;
      this.next();
      if (this.kind === T.NEWLINE || this.kind === T.EOF) break;
    }
    if (this.kind === T.NEWLINE) this.next();
    else if (this.kind !== T.EOF) {
      body.pop();
      this.fail(this.trailing());
    }
  }

  private trailing(): string {
    const before = this.kinds[this.at - 1];
    const word = before === T.NAME ? this.text(this.at - 1) : '';
    if (word === 'print' || word === 'exec')
      return `Missing parentheses in call to '${word}'. Did you mean ${word}(...)?`;
    return 'invalid syntax';
  }

  private simple(): Stmt {
    const start = this.start;
    switch (this.kind) {
      case T.K_PASS:
        this.next();
        return { kind: 'Pass', start, end: this.lastEnd };
      case T.K_BREAK:
        this.refuse(refusesJump(this.frame, 'break'), start, this.ends[this.at]!);
        this.next();
        return { kind: 'Break', start, end: this.lastEnd };
      case T.K_CONTINUE:
        this.refuse(refusesJump(this.frame, 'continue'), start, this.ends[this.at]!);
        this.next();
        return { kind: 'Continue', start, end: this.lastEnd };
      case T.K_RETURN: {
        this.next();
        this.refuse(refusesReturn(this.frame), start, this.lastEnd);
        const value = this.endsSimple() ? null : this.plain(this.starExpressions());
        if (value !== null) this.frame.returnsAt = start;
        return { kind: 'Return', start, end: this.lastEnd, value };
      }
      case T.K_RAISE: {
        this.next();
        const exc = this.endsSimple() ? null : this.expression();
        const cause = exc !== null && this.accept(T.K_FROM) ? this.expression() : null;
        return { kind: 'Raise', start, end: this.lastEnd, exc, cause };
      }
      case T.K_ASSERT: {
        this.next();
        const test = this.expression();
        const msg = this.accept(T.COMMA) ? this.expression() : null;
        return { kind: 'Assert', start, end: this.lastEnd, test, msg };
      }
      case T.K_DEL:
        return this.del();
      case T.K_GLOBAL:
      case T.K_NONLOCAL: {
        const kind = this.kind === T.K_GLOBAL ? 'Global' : 'Nonlocal';
        this.next();
        const names = [this.name()];
        while (this.accept(T.COMMA)) names.push(this.name());
        this.declares = true;
        if (kind === 'Nonlocal' && this.frame.kind === 'module') {
          this.problem('nonlocal declaration not allowed at module level', start, this.lastEnd);
        }
        return { kind, start, end: this.lastEnd, names };
      }
      case T.K_IMPORT: {
        this.next();
        const names = [this.moduleAlias()];
        while (this.accept(T.COMMA)) names.push(this.moduleAlias());
        return { kind: 'Import', start, end: this.lastEnd, names };
      }
      case T.K_FROM:
        return this.importFrom();
      case T.NAME:
        if (this.peek() === T.NAME && this.isWord('type')) return this.typeAlias();
        return this.expressionStatement();
      default:
        return this.expressionStatement();
    }
  }

  private endsSimple(): boolean {
    return this.kind === T.NEWLINE || this.kind === T.SEMI || this.kind === T.EOF || this.kind === T.K_FROM;
  }

  private del(): Stmt {
    const start = this.start;
    this.next();
    const targets = [this.target('delete')];
    while (this.accept(T.COMMA)) {
      if (this.endsSimple()) break;
      targets.push(this.target('delete'));
    }
    return { kind: 'Delete', start, end: this.lastEnd, targets };
  }

  private typeAlias(): Stmt {
    const start = this.start;
    this.next();
    const name = this.name();
    const typeParams = this.typeParams();
    this.expect(T.EQUAL);
    const value = this.inType();
    return { kind: 'TypeAlias', start, end: value.end, name, typeParams, value };
  }

  private expressionStatement(): Stmt {
    const start = this.start;
    const paren = this.kind === T.LPAR;
    const first = this.kind === T.K_YIELD ? this.yield() : this.starExpressions();
    if (this.kind === T.EQUAL) return this.assign(start, first);
    if (this.kind === T.COLON) {
      if (first.kind !== 'Name' && first.kind !== 'Attribute' && first.kind !== 'Subscript') {
        this.fail('only single target (not tuple) can be annotated', first.start, first.end);
      }
      this.next();
      const annotation = this.expression();
      const value = this.accept(T.EQUAL) ? this.assignedValue() : null;
      const simple = first.kind === 'Name' && !paren;
      return { kind: 'AnnAssign', start, end: this.lastEnd, target: first, annotation, value, simple };
    }
    const op = AUGMENTED[this.kind - T.AUGMENTED];
    if (op !== undefined) {
      if (first.kind !== 'Name' && first.kind !== 'Attribute' && first.kind !== 'Subscript') {
        this.fail('illegal expression for augmented assignment', first.start, first.end);
      }
      this.next();
      const value = this.assignedValue();
      return { kind: 'AugAssign', start, end: this.lastEnd, target: first, op, value };
    }
    return { kind: 'ExprStmt', start, end: this.lastEnd, value: this.plain(first) };
  }

  private assignedValue(): Expr {
    return this.kind === T.K_YIELD ? this.yield() : this.starExpressions();
  }

  private assign(start: number, first: Expr): Stmt {
    const targets = [first];
    let value = first;
    while (this.accept(T.EQUAL)) {
      this.checkTarget(value, 'assign');
      value = this.assignedValue();
      targets.push(value);
    }
    targets.pop();
    this.plain(value);
    return { kind: 'Assign', start, end: this.lastEnd, targets, value };
  }

  private dottedName(): string {
    let text = this.identifier();
    while (this.accept(T.DOT)) text += `.${this.identifier()}`;
    return text;
  }

  private moduleAlias(): Alias {
    const start = this.start;
    const name = this.dottedName();
    const asname = this.accept(T.K_AS) ? this.name() : null;
    return { start, end: this.lastEnd, name, asname };
  }

  private importFrom(): Stmt {
    const start = this.start;
    this.next();
    let level = 0;
    while (this.kind === T.DOT || this.kind === T.ELLIPSIS) {
      level += this.kind === T.DOT ? 1 : 3;
      this.next();
    }
    const module = level > 0 && this.kind === T.K_IMPORT ? null : this.dottedName();
    this.expect(T.K_IMPORT);
    const names: Alias[] = [];
    if (this.kind === T.STAR) {
      names.push({ start: this.start, end: this.ends[this.at]!, name: '*', asname: null });
      if (this.frame.kind !== 'module')
        this.problem('import * only allowed at module level', this.start, this.start + 1);
      this.next();
    } else {
      const paren = this.accept(T.LPAR);
      do {
        if (paren && names.length > 0 && this.kind === T.RPAR) break;
        const from = this.start;
        const name = this.identifier();
        const asname = this.accept(T.K_AS) ? this.name() : null;
        names.push({ start: from, end: this.lastEnd, name, asname });
      } while (this.accept(T.COMMA));
      if (paren) this.expectClose(T.RPAR);
    }
    if (module === '__future__' && level === 0) this.future(names);
    return { kind: 'ImportFrom', start, end: this.lastEnd, module, names, level };
  }

  /** IPython compiles statement by statement, so that at a cell's top level a feature may come late. */
  private future(names: readonly Alias[]): void {
    const { start } = names[0]!;
    if (this.frame.kind !== 'module') {
      this.problem('from __future__ imports must occur at the beginning of the file', start, start);
    }
    for (const { name, start: from, end } of names) {
      if (name === 'braces') this.problem('not a chance', from, end);
      else if (!FEATURES.has(name) && name !== '*') this.problem(`future feature ${name} is not defined`, from, end);
      this.futures.push(name);
    }
  }

  /** The block of a loop. */
  private loopBlock(): Stmt[] {
    const { frame } = this;
    frame.loops++;
    const body = this.block();
    frame.loops--;
    return body;
  }

  /** The block of a function or class. */
  private ownBlock(kind: FrameKind): Stmt[] {
    const outer = this.frame;
    const frame = new Frame(kind);
    this.frame = frame;
    const body = this.block();
    this.frame = outer;
    if (kind === 'async' && frame.yields && frame.returnsAt >= 0) {
      this.problem("'return' with value in async generator", frame.returnsAt, frame.returnsAt + 6);
    }
    return body;
  }

  /** The block of `except*`, which no jump may leave. */
  private starBlock(): Stmt[] {
    const { frame } = this;
    const { loops, star } = frame;
    frame.loops = 0;
    frame.star = true;
    const body = this.block();
    frame.loops = loops;
    frame.star = star;
    return body;
  }

  private asynchronous(what: string, start: number): void {
    if (this.frame.refusesAwait() !== null) this.problem(`'async ${what}' outside async function`, start, start + 5);
  }

  /** `:` and what belongs to it: an indented block, or simple statements on the same line. */
  private block(): Stmt[] {
    if (this.kind !== T.COLON) this.fail("expected ':'");
    this.next();
    const body: Stmt[] = [];
    if (this.kind !== T.NEWLINE) {
      this.simpleLine(body);
      return body;
    }
    this.next();
    if (this.kind !== T.INDENT) {
      this.problem('expected an indented block', this.start, this.start);
      return body;
    }
    this.next();
    while (this.kind !== T.DEDENT && this.kind !== T.EOF) this.statement(body);
    this.accept(T.DEDENT);
    return body;
  }

  private blockEnd(): number {
    let at = this.at - 1;
    while (at > 0 && (this.kinds[at] === T.DEDENT || this.kinds[at] === T.NEWLINE)) at--;
    return this.ends[at]!;
  }

  private elseBlock(): Stmt[] {
    if (this.kind !== T.K_ELSE) return [];
    this.next();
    return this.block();
  }

  private if(): Stmt {
    const branches: { readonly start: number; readonly test: Expr; readonly body: readonly Stmt[] }[] = [];
    do {
      if (branches.length >= MAX_BRANCHES) this.fail('too many elif branches to analyse');
      const start = this.start;
      this.next();
      const test = this.named();
      branches.push({ start, test, body: this.block() });
    } while (this.kind === T.K_ELIF);
    let orelse: Stmt[] = this.elseBlock();
    const end = this.blockEnd();
    for (let index = branches.length - 1; index > 0; index--) {
      orelse = [{ kind: 'If', end, ...branches[index]!, orelse }];
    }
    const first = branches[0]!;
    const statement: If = { kind: 'If', start: first.start, end, test: first.test, body: first.body, orelse };
    return statement;
  }

  private while(): Stmt {
    const start = this.start;
    this.next();
    const test = this.named();
    const body = this.loopBlock();
    const orelse = this.elseBlock();
    return { kind: 'While', start, end: this.blockEnd(), test, body, orelse };
  }

  private for(start: number, isAsync: boolean): Stmt {
    this.next();
    const target = this.targetList('for');
    this.expect(T.K_IN);
    const iter = this.plain(this.starExpressions());
    const body = this.loopBlock();
    const orelse = this.elseBlock();
    return { kind: 'For', start, end: this.blockEnd(), target, iter, body, orelse, isAsync };
  }

  private with(start: number, isAsync: boolean): Stmt {
    this.next();
    const items = (this.kind === T.LPAR ? this.parenthesisedItems() : null) ?? this.withItems();
    const body = this.block();
    return { kind: 'With', start, end: this.blockEnd(), items, body, isAsync };
  }

  private withItems(): WithItem[] {
    const items = [this.withItem()];
    while (this.accept(T.COMMA)) items.push(this.withItem());
    return items;
  }

  private withItem(): WithItem {
    const context = this.expression();
    const target = this.accept(T.K_AS) ? this.target('with') : null;
    if (target?.kind === 'Starred') this.fail('starred assignment target must be in a list or tuple');
    return { context, target };
  }

  /** `with (a as b, c):`; `null`, back at the parenthesis, when it belongs to an expression. */
  private parenthesisedItems(): WithItem[] | null {
    const from = this.at;
    const { depth, frame } = this;
    const problems = this.problems.length;
    let level = 0;
    let at = from;
    do {
      const kind = this.kinds[at]!;
      if (kind === T.LPAR || kind === T.LSQB || kind === T.LBRACE) level++;
      else if (kind === T.RPAR || kind === T.RSQB || kind === T.RBRACE) level--;
      else if (kind === T.NEWLINE || kind === T.EOF) return null;
      at++;
    } while (level > 0);
    if (this.kinds[at] !== T.COLON) return null;
    try {
      this.next();
      const items: WithItem[] = [];
      do {
        if (items.length > 0 && this.kind === T.RPAR) break;
        items.push(this.withItem());
      } while (this.accept(T.COMMA));
      if (this.kind === T.RPAR) {
        this.next();
        return items;
      }
    } catch (error) {
      if (error !== FAILED) throw error;
      this.depth = depth;
      this.frame = frame;
    }
    this.problems.length = problems;
    this.goto(from);
    return null;
  }

  private try(): Stmt {
    const start = this.start;
    this.next();
    const body = this.block();
    const handlers: Handler[] = [];
    let isStar = false;
    while (this.kind === T.K_EXCEPT) {
      const from = this.start;
      this.next();
      const star = this.accept(T.STAR);
      if (handlers.length > 0 && star !== isStar)
        this.fail("cannot have both 'except' and 'except*' on the same 'try'");
      isStar = star;
      let type: Expr | null = null;
      let name: Name | null = null;
      if (this.kind !== T.COLON) {
        const bare = this.kind !== T.LPAR;
        type = this.starExpressions();
        if (this.accept(T.K_AS)) {
          if (type.kind === 'Tuple' && bare) {
            this.fail("multiple exception types must be parenthesized when using 'as'", type.start, type.end);
          }
          name = this.name();
        }
      } else if (star) this.fail('expected one or more exception types');
      const handled = star ? this.starBlock() : this.block();
      if (type === null && this.kind === T.K_EXCEPT) this.problem("default 'except:' must be last", from, from + 6);
      handlers.push({ start: from, end: this.blockEnd(), type, name, body: handled });
    }
    const orelse = handlers.length > 0 ? this.elseBlock() : [];
    let finalbody: Stmt[] = [];
    if (this.accept(T.K_FINALLY)) finalbody = this.block();
    else if (handlers.length === 0 && body.length > 0)
      this.problem("expected 'except' or 'finally' block", this.start, this.start);
    return { kind: 'Try', start, end: this.blockEnd(), body, handlers, orelse, finalbody, isStar };
  }

  private async(): Stmt {
    const start = this.start;
    this.next();
    switch (this.kind) {
      case T.K_DEF:
        return this.def(start, [], true);
      case T.K_FOR:
        this.asynchronous('for', start);
        return this.for(start, true);
      case T.K_WITH:
        this.asynchronous('with', start);
        return this.with(start, true);
      default:
        return this.fail("expected 'def', 'for' or 'with' after 'async'");
    }
  }

  private decorated(): Stmt {
    const decorators: Expr[] = [];
    while (this.accept(T.AT)) {
      decorators.push(this.named());
      if (this.kind !== T.NEWLINE) this.fail('expected the end of the line after a decorator');
      this.next();
    }
    const start = this.start;
    if (this.accept(T.K_ASYNC)) {
      if (this.kind !== T.K_DEF) this.fail("expected 'def' after decorators");
      return this.def(start, decorators, true);
    }
    if (this.kind === T.K_CLASS) return this.class(decorators);
    if (this.kind === T.K_DEF) return this.def(start, decorators, false);
    return this.fail("expected 'def' or 'class' after decorators");
  }

  private def(start: number, decorators: readonly Expr[], isAsync: boolean): Stmt {
    this.next();
    const name = this.name();
    const typeParams = this.typeParams();
    this.expect(T.LPAR);
    const params: Parameters = this.parameters(T.RPAR, true);
    this.expectClose(T.RPAR);
    const returns = this.accept(T.ARROW) ? this.expression() : null;
    const body = this.ownBlock(isAsync ? 'async' : 'function');
    const end = this.blockEnd();
    return { kind: 'FunctionDef', start, end, name, params, body, decorators, returns, typeParams, isAsync };
  }

  private class(decorators: readonly Expr[]): Stmt {
    const start = this.start;
    this.next();
    const name = this.name();
    const typeParams = this.typeParams();
    const bases: Expr[] = [];
    const keywords: Keyword[] = [];
    if (this.kind === T.LPAR) {
      const open = this.start;
      this.next();
      this.callArguments(bases, keywords, open);
      this.expectClose(T.RPAR);
    }
    const body = this.ownBlock('class');
    const end = this.blockEnd();
    return { kind: 'ClassDef', start, end, name, bases, keywords, body, decorators, typeParams };
  }

  /** An expression that is evaluated when asked for. */
  private inType(): Expr {
    const outer = this.frame;
    this.frame = new Frame('type');
    const value = this.expression();
    this.frame = outer;
    return value;
  }

  private typeParams(): TypeParam[] {
    const params: TypeParam[] = [];
    if (this.kind !== T.LSQB) return params;
    this.next();
    do {
      if (params.length > 0 && this.kind === T.RSQB) break;
      const start = this.start;
      const kind = this.accept(T.STAR) ? 'TypeVarTuple' : this.accept(T.DOUBLESTAR) ? 'ParamSpec' : 'TypeVar';
      const name = this.name();
      const bound = kind === 'TypeVar' && this.accept(T.COLON) ? this.inType() : null;
      let value: Expr | null = null;
      if (this.accept(T.EQUAL)) {
        value = kind === 'TypeVarTuple' && this.kind === T.STAR ? this.starred() : this.inType();
      }
      if (params.some(param => param.name.id === name.id)) {
        this.problem(`duplicate type parameter '${name.id}'`, name.start, name.end);
      }
      if (value === null && params[params.length - 1]?.default) {
        this.problem(`non-default type parameter '${name.id}' follows default type parameter`, name.start, name.end);
      }
      params.push({ kind, start, end: this.lastEnd, name, bound, default: value });
    } while (this.accept(T.COMMA));
    this.expectClose(T.RSQB);
    return params;
  }

  /** `match` is a keyword only where its line ends in `:` and a block beginning with `case` follows. */
  private beginsMatch(): boolean {
    let at = this.at + 1;
    if (this.kinds[at] === T.EQUAL || this.kinds[at] === T.DOT || this.kinds[at] === T.NEWLINE) return false;
    while (this.kinds[at] !== T.NEWLINE && this.kinds[at] !== T.EOF) at++;
    if (this.kinds[at - 1] !== T.COLON || this.kinds[at + 1] !== T.INDENT || this.kinds[at + 2] !== T.NAME)
      return false;
    return this.text(at + 2) === 'case';
  }

  private match(): Stmt {
    const start = this.start;
    this.next();
    const subject = this.starNamedExpressions();
    this.expect(T.COLON);
    this.expect(T.NEWLINE);
    this.expect(T.INDENT);
    const cases: MatchCase[] = [];
    while (this.kind !== T.DEDENT && this.kind !== T.EOF) {
      const from = this.at;
      const { depth, frame } = this;
      const { loops, star } = frame;
      try {
        cases.push(this.case());
      } catch (error) {
        if (error !== FAILED) throw error;
        this.depth = depth;
        this.frame = frame;
        frame.loops = loops;
        frame.star = star;
        this.report();
        const spliced: Stmt[] = [];
        this.recover(from, spliced);
        if (spliced.length > 0) {
          const end = spliced[spliced.length - 1]!.end;
          const pattern = { kind: 'MatchAs', pattern: null, name: null } as const;
          cases.push({ start: this.starts[from]!, end, pattern, guard: null, body: spliced });
        }
      }
    }
    this.accept(T.DEDENT);
    checkCases(cases, (message, at) => this.problem(message, at, at + 4));
    return { kind: 'Match', start, end: this.blockEnd(), subject, cases };
  }

  private case(): MatchCase {
    const start = this.start;
    if (!this.isWord('case')) this.fail("expected 'case'");
    this.next();
    const pattern = this.patterns();
    const guard = this.accept(T.K_IF) ? this.named() : null;
    const body = this.block();
    return { start, end: this.blockEnd(), pattern, guard, body };
  }
}
