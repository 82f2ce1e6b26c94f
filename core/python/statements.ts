import type { MatchCase, Module, Stmt } from './ast';
import { CompoundStatementParser } from './compound-statements';
import { FAILED, normalName } from './cursor';
import { checkCases } from './pattern-checks';
import * as T from './tokens';

/** Statements, and the recovery from those that do not parse. */
export abstract class StatementParser extends CompoundStatementParser {
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
  protected statement(body: Stmt[]): void {
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
  protected recover(from: number, body: Stmt[]): void {
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

  protected skipBlock(): void {
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

  protected splice(body: Stmt[]): void {
    this.next();
    while (this.kind !== T.DEDENT && this.kind !== T.EOF) this.statement(body);
    this.accept(T.DEDENT);
  }

  protected salvage(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (this.kinds[at] !== T.NAME || (at > from && this.kinds[at - 1] === T.DOT)) continue;
      const text = this.text(at);
      const id = this.lexer.unicode ? normalName(text) : text;
      this.salvaged.push({ kind: 'Name', start: this.starts[at]!, end: this.ends[at]!, id });
    }
  }

  protected parseStatement(body: Stmt[]): void {
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
  protected simpleLine(body: Stmt[]): void {
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

  protected trailing(): string {
    const before = this.kinds[this.at - 1];
    const word = before === T.NAME ? this.text(this.at - 1) : '';
    if (word === 'print' || word === 'exec')
      return `Missing parentheses in call to '${word}'. Did you mean ${word}(...)?`;
    return 'invalid syntax';
  }

  /** `:` and what belongs to it: an indented block, or simple statements on the same line. */
  protected block(): Stmt[] {
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

  /** `match` is a keyword only where its line ends in `:` and a block beginning with `case` follows. */
  protected beginsMatch(): boolean {
    let at = this.at + 1;
    if (this.kinds[at] === T.EQUAL || this.kinds[at] === T.DOT || this.kinds[at] === T.NEWLINE) return false;
    while (this.kinds[at] !== T.NEWLINE && this.kinds[at] !== T.EOF) at++;
    if (this.kinds[at - 1] !== T.COLON || this.kinds[at + 1] !== T.INDENT || this.kinds[at + 2] !== T.NAME)
      return false;
    return this.text(at + 2) === 'case';
  }

  protected match(): Stmt {
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

  protected case(): MatchCase {
    const start = this.start;
    if (!this.isWord('case')) this.fail("expected 'case'");
    this.next();
    const pattern = this.patterns();
    const guard = this.accept(T.K_IF) ? this.named() : null;
    const body = this.block();
    return { start, end: this.blockEnd(), pattern, guard, body };
  }
}
