import type { Expr, Handler, If, Keyword, Name, Parameters, Stmt, WithItem } from './ast';
import { FAILED } from './cursor';
import { Frame, type FrameKind } from './frame';
import { SimpleStatementParser } from './simple-statements';
import * as T from './tokens';

/** Longer `elif` chains are refused: each branch nests in the one before. */
const MAX_BRANCHES = 1500;

/** Statements with blocks, but `match`. */
export abstract class CompoundStatementParser extends SimpleStatementParser {
  /** `:` and what belongs to it: an indented block, or simple statements on the same line. */
  protected abstract block(): Stmt[];

  /** The block of a loop. */
  protected loopBlock(): Stmt[] {
    const { frame } = this;
    frame.loops++;
    const body = this.block();
    frame.loops--;
    return body;
  }

  /** The block of a function or class. */
  protected ownBlock(kind: FrameKind): Stmt[] {
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
  protected starBlock(): Stmt[] {
    const { frame } = this;
    const { loops, star } = frame;
    frame.loops = 0;
    frame.star = true;
    const body = this.block();
    frame.loops = loops;
    frame.star = star;
    return body;
  }

  protected asynchronous(what: string, start: number): void {
    if (this.frame.refusesAwait() !== null) this.problem(`'async ${what}' outside async function`, start, start + 5);
  }

  protected blockEnd(): number {
    let at = this.at - 1;
    while (at > 0 && (this.kinds[at] === T.DEDENT || this.kinds[at] === T.NEWLINE)) at--;
    return this.ends[at]!;
  }

  protected elseBlock(): Stmt[] {
    if (this.kind !== T.K_ELSE) return [];
    this.next();
    return this.block();
  }

  protected if(): Stmt {
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

  protected while(): Stmt {
    const start = this.start;
    this.next();
    const test = this.named();
    const body = this.loopBlock();
    const orelse = this.elseBlock();
    return { kind: 'While', start, end: this.blockEnd(), test, body, orelse };
  }

  protected for(start: number, isAsync: boolean): Stmt {
    this.next();
    const target = this.targetList('for');
    this.expect(T.K_IN);
    const iter = this.plain(this.starExpressions());
    const body = this.loopBlock();
    const orelse = this.elseBlock();
    return { kind: 'For', start, end: this.blockEnd(), target, iter, body, orelse, isAsync };
  }

  protected with(start: number, isAsync: boolean): Stmt {
    this.next();
    const items = (this.kind === T.LPAR ? this.parenthesisedItems() : null) ?? this.withItems();
    const body = this.block();
    return { kind: 'With', start, end: this.blockEnd(), items, body, isAsync };
  }

  protected withItems(): WithItem[] {
    const items = [this.withItem()];
    while (this.accept(T.COMMA)) items.push(this.withItem());
    return items;
  }

  protected withItem(): WithItem {
    const context = this.expression();
    const target = this.accept(T.K_AS) ? this.target('with') : null;
    if (target?.kind === 'Starred') this.fail('starred assignment target must be in a list or tuple');
    return { context, target };
  }

  /** `with (a as b, c):`; `null`, back at the parenthesis, when it belongs to an expression. */
  protected parenthesisedItems(): WithItem[] | null {
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

  protected try(): Stmt {
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

  protected async(): Stmt {
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

  protected decorated(): Stmt {
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

  protected def(start: number, decorators: readonly Expr[], isAsync: boolean): Stmt {
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

  protected class(decorators: readonly Expr[]): Stmt {
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
}
