import type { Comprehension, Constant, ConstantValue, Expr, Keyword, Operator, Param, Parameters, Slice } from './ast';
import { Cursor } from './cursor';
import { Frame, refusesYield } from './frame';
import * as T from './tokens';

const OPERATORS: Operator[] = [];
const PRECEDENCE = new Uint8Array(256);
const P_OR = 1;
const P_AND = 2;
const P_NOT = 3;
const P_COMPARE = 4;
const P_BITOR = 5;
const P_SUM = 9;
for (const [precedence, kind, operator] of [
  [P_BITOR, T.VBAR, '|'],
  [6, T.CARET, '^'],
  [7, T.AMPER, '&'],
  [8, T.LSHIFT, '<<'],
  [8, T.RSHIFT, '>>'],
  [9, T.PLUS, '+'],
  [9, T.MINUS, '-'],
  [10, T.STAR, '*'],
  [10, T.SLASH, '/'],
  [10, T.DOUBLESLASH, '//'],
  [10, T.PERCENT, '%'],
  [10, T.AT, '@']
] as const) {
  PRECEDENCE[kind] = precedence;
  OPERATORS[kind] = operator;
}
OPERATORS[T.DOUBLESTAR] = '**';
PRECEDENCE[T.K_OR] = P_OR;
PRECEDENCE[T.K_AND] = P_AND;
for (const kind of [T.LESS, T.GREATER, T.EQEQUAL, T.NOTEQUAL, T.LESSEQUAL, T.GREATEREQUAL, T.K_IN, T.K_IS, T.K_NOT]) {
  PRECEDENCE[kind] = P_COMPARE;
}

/** After one of these an operand is complete: a name or number before it needs no walk down the precedences. */
const ENDS_OPERAND = new Uint8Array(256);
for (const kind of [T.NEWLINE, T.RPAR, T.RSQB, T.RBRACE, T.COMMA, T.COLON, T.EQUAL, T.SEMI, T.K_FOR, T.K_ELSE]) {
  ENDS_OPERAND[kind] = 1;
}

type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'is' | 'is not' | 'in' | 'not in';

const NONE: ConstantValue = { type: 'None' };
const TRUE: ConstantValue = { type: 'True' };
const FALSE: ConstantValue = { type: 'False' };
const DOTS: ConstantValue = { type: 'Ellipsis' };

export type TargetUse = 'assign' | 'delete' | 'for' | 'with' | 'comprehension';

/** Python's expressions, CPython's grammar rule for rule. */
export abstract class ExpressionParser extends Cursor {
  protected abstract strings(): Expr;
  protected abstract magic(): Expr;
  /** Offset of the last `yield` outside lambdas, or -1. */
  private lastYield = -1;

  /** `named_expression`: an expression, or `name := expression`. */
  protected named(): Expr {
    if (this.kind === T.NAME && this.peek() === T.COLONEQUAL) {
      const target = this.name();
      this.declares = true;
      if (this.frame.kind === 'type') this.problem("':=' cannot be used within a type", target.start, target.end);
      this.next();
      const value = this.expression();
      return { kind: 'NamedExpr', start: target.start, end: value.end, target, value };
    }
    return this.expression();
  }

  protected expression(): Expr {
    if (this.kind === T.NAME && ENDS_OPERAND[this.peek()] === 1) {
      this.height = 0;
      return this.name();
    }
    if (this.kind === T.K_LAMBDA) return this.lambda();
    const body = this.binary(P_OR);
    if (this.kind !== T.K_IF) return body;
    const height = this.height;
    this.next();
    const test = this.binary(P_OR);
    if (this.kind !== T.K_ELSE) this.fail("expected 'else' after 'if' expression", body.start, this.lastEnd);
    this.next();
    this.enter();
    const orelse = this.expression();
    this.depth--;
    this.raise(Math.max(height, this.height) + 1);
    return { kind: 'IfExp', start: body.start, end: orelse.end, test, body, orelse };
  }

  /** `a or b`, …: everything but a conditional expression or a lambda. */
  protected disjunction(): Expr {
    return this.binary(P_OR);
  }

  protected bitwiseOr(): Expr {
    return this.binary(P_BITOR);
  }

  /** `a + b`: no shift, comparison or `|`, which separates patterns. */
  protected sum(): Expr {
    return this.binary(P_SUM);
  }

  private binary(least: number): Expr {
    let left: Expr;
    if (this.kind === T.K_NOT) {
      if (least > P_NOT) this.fail('expected an expression');
      const start = this.start;
      this.next();
      this.enter();
      const operand = this.binary(P_NOT);
      this.depth--;
      this.raise(this.height + 1);
      left = { kind: 'UnaryOp', start, end: operand.end, op: 'not', operand };
    } else left = this.unary();
    for (;;) {
      const operator = this.kind;
      const precedence = PRECEDENCE[operator]!;
      if (precedence < least || precedence === 0) return left;
      if (precedence >= P_BITOR) {
        const height = this.height;
        this.next();
        const right = this.binary(precedence + 1);
        this.raise(Math.max(height, this.height) + 1);
        left = { kind: 'BinOp', start: left.start, end: right.end, left, op: OPERATORS[operator]!, right };
      } else if (precedence === P_COMPARE) left = this.compare(left);
      else left = this.bool(left, operator, precedence);
      if (precedence < P_COMPARE && precedence === least) return left;
    }
  }

  private bool(first: Expr, operator: number, precedence: number): Expr {
    const values = [first];
    let height = this.height;
    while (this.kind === operator) {
      this.next();
      values.push(this.binary(precedence + 1));
      if (this.height > height) height = this.height;
    }
    this.height = height + 1;
    const end = values[values.length - 1]!.end;
    return { kind: 'BoolOp', start: first.start, end, op: operator === T.K_OR ? 'or' : 'and', values };
  }

  private compare(left: Expr): Expr {
    const ops: CompareOperator[] = [];
    const comparators: Expr[] = [];
    let height = this.height;
    while (PRECEDENCE[this.kind] === P_COMPARE) {
      ops.push(this.compareOperator());
      comparators.push(this.binary(P_BITOR));
      if (this.height > height) height = this.height;
    }
    this.height = height + 1;
    const end = comparators[comparators.length - 1]!.end;
    return { kind: 'Compare', start: left.start, end, left, ops, comparators };
  }

  private compareOperator(): CompareOperator {
    const kind = this.kind;
    if (kind === T.K_NOT && this.peek() !== T.K_IN) this.fail("expected 'in' after 'not'");
    this.next();
    switch (kind) {
      case T.LESS:
        return '<';
      case T.GREATER:
        return '>';
      case T.EQEQUAL:
        return '==';
      case T.NOTEQUAL:
        return '!=';
      case T.LESSEQUAL:
        return '<=';
      case T.GREATEREQUAL:
        return '>=';
      case T.K_IN:
        return 'in';
      case T.K_IS:
        return this.accept(T.K_NOT) ? 'is not' : 'is';
      default:
        this.next();
        return 'not in';
    }
  }

  private unary(): Expr {
    const kind = this.kind;
    if (kind === T.MINUS || kind === T.PLUS || kind === T.TILDE) {
      const start = this.start;
      this.next();
      this.enter();
      const operand = this.unary();
      this.depth--;
      this.raise(this.height + 1);
      const op = kind === T.MINUS ? '-' : kind === T.PLUS ? '+' : '~';
      return { kind: 'UnaryOp', start, end: operand.end, op, operand };
    }
    let base: Expr;
    if (kind === T.K_AWAIT) {
      const start = this.start;
      this.next();
      this.refuse(this.frame.refusesAwait(), start, this.lastEnd);
      const value = this.primary();
      base = { kind: 'Await', start, end: value.end, value };
    } else base = this.primary();
    if (this.kind !== T.DOUBLESTAR) return base;
    const height = this.height;
    this.next();
    this.enter();
    const right = this.unary();
    this.depth--;
    this.raise(Math.max(height, this.height) + 1);
    return { kind: 'BinOp', start: base.start, end: right.end, left: base, op: '**', right };
  }

  private primary(): Expr {
    const start = this.start;
    let value = this.atom();
    for (;;) {
      const kind = this.kind;
      if (kind === T.DOT) {
        this.next();
        const attrStart = this.start;
        const attr = this.identifier();
        this.raise(this.height + 1);
        value = { kind: 'Attribute', start, end: this.lastEnd, value, attr, attrStart };
      } else if (kind === T.LPAR) value = this.call(start, value);
      else if (kind === T.LSQB) {
        const height = this.height;
        this.next();
        const index = this.slices();
        this.expectClose(T.RSQB);
        this.raise(Math.max(height, this.height) + 1);
        value = { kind: 'Subscript', start, end: this.lastEnd, value, index };
      } else return value;
    }
  }

  protected expectClose(kind: number): void {
    if (this.kind === kind) this.next();
    else {
      const hint = this.kind === T.EOF || this.kind === T.NEWLINE ? '' : ' Perhaps you forgot a comma?';
      const close = kind === T.RPAR ? "')'" : kind === T.RSQB ? "']'" : "'}'";
      this.fail(hint === '' ? `expected ${close}` : `expected ${close}.${hint}`);
    }
  }

  private atom(): Expr {
    switch (this.kind) {
      case T.NAME:
        this.height = 0;
        return this.name();
      case T.NUMBER:
        return this.number();
      case T.STRING:
      case T.FSTART:
        return this.strings();
      case T.K_NONE:
        return this.constant(NONE);
      case T.K_TRUE:
        return this.constant(TRUE);
      case T.K_FALSE:
        return this.constant(FALSE);
      case T.ELLIPSIS:
        return this.constant(DOTS);
      case T.LPAR: {
        this.enter();
        const value = this.parenthesised();
        this.depth--;
        return value;
      }
      case T.LSQB: {
        this.enter();
        const value = this.list();
        this.depth--;
        return value;
      }
      case T.LBRACE: {
        this.enter();
        const value = this.braced();
        this.depth--;
        return value;
      }
      case T.MAGIC:
        return this.magic();
      default:
        return this.fail(this.kind === T.NEWLINE || this.kind === T.EOF ? 'expected an expression' : 'invalid syntax');
    }
  }

  private constant(value: ConstantValue): Constant {
    const start = this.start;
    this.next();
    this.height = 0;
    return { kind: 'Constant', start, end: this.lastEnd, value };
  }

  private number(): Constant {
    const text = this.text();
    const digits = text.indexOf('_') < 0 ? text : text.replaceAll('_', '');
    const last = digits.charCodeAt(digits.length - 1) | 32;
    const hex = digits.length > 1 && (digits.charCodeAt(1) | 32) === 120;
    if (last === 106) return this.constant({ type: 'complex', value: Number(digits.slice(0, -1)) });
    if (!hex && /[.eE]/.test(digits)) return this.constant({ type: 'float', value: Number(digits) });
    return this.constant({ type: 'int', value: Number(digits), text });
  }

  /** What follows `(`: a tuple, a generator expression, a `yield`, or an expression in parentheses. */
  private parenthesised(): Expr {
    const start = this.start;
    this.next();
    if (this.kind === T.RPAR) {
      this.next();
      this.height = 0;
      return { kind: 'Tuple', start, end: this.lastEnd, elts: [] };
    }
    if (this.kind === T.K_YIELD) {
      const value = this.yield();
      this.expectClose(T.RPAR);
      return value;
    }
    const first = this.starNamed();
    if (this.kind === T.RPAR) {
      if (first.kind === 'Starred') this.fail('cannot use starred expression here', first.start, first.end);
      this.next();
      return first;
    }
    if (this.kind === T.COMMA) {
      const elts = this.rest(first, T.RPAR);
      this.expectClose(T.RPAR);
      return { kind: 'Tuple', start, end: this.lastEnd, elts };
    }
    if (this.kind === T.K_FOR || this.kind === T.K_ASYNC) {
      const generators = this.comprehension(first, 'generator expression');
      this.expectClose(T.RPAR);
      return { kind: 'GeneratorExp', start, end: this.lastEnd, elt: first, generators };
    }
    this.expectClose(T.RPAR);
    return first;
  }

  private list(): Expr {
    const start = this.start;
    this.next();
    if (this.accept(T.RSQB)) {
      this.height = 0;
      return { kind: 'List', start, end: this.lastEnd, elts: [] };
    }
    const first = this.starNamed();
    if (this.kind === T.K_FOR || this.kind === T.K_ASYNC) {
      const generators = this.comprehension(first, 'list comprehension');
      this.expectClose(T.RSQB);
      return { kind: 'ListComp', start, end: this.lastEnd, elt: first, generators };
    }
    const elts = this.rest(first, T.RSQB);
    this.expectClose(T.RSQB);
    return { kind: 'List', start, end: this.lastEnd, elts };
  }

  /** The elements after `first`, a trailing comma allowed, up to `close`. */
  private rest(first: Expr, close: number): Expr[] {
    const elts = [first];
    let height = this.height;
    while (this.kind === T.COMMA) {
      this.next();
      if (this.kind === close) break;
      elts.push(this.starNamed());
      if (this.height > height) height = this.height;
    }
    this.raise(height + 1);
    return elts;
  }

  protected starNamed(): Expr {
    return this.kind === T.STAR ? this.starred() : this.named();
  }

  protected starred(): Expr {
    const start = this.start;
    this.next();
    const value = this.binary(P_BITOR);
    return { kind: 'Starred', start, end: value.end, value };
  }

  private braced(): Expr {
    const start = this.start;
    this.next();
    if (this.accept(T.RBRACE)) {
      this.height = 0;
      return { kind: 'Dict', start, end: this.lastEnd, keys: [], values: [] };
    }
    if (this.kind === T.DOUBLESTAR) return this.dict(start, null);
    const first = this.starNamed();
    if (this.kind === T.COLON) return this.dict(start, first);
    if (this.kind === T.K_FOR || this.kind === T.K_ASYNC) {
      const generators = this.comprehension(first, 'set comprehension');
      this.expectClose(T.RBRACE);
      return { kind: 'SetComp', start, end: this.lastEnd, elt: first, generators };
    }
    const elts = this.rest(first, T.RBRACE);
    this.expectClose(T.RBRACE);
    return { kind: 'Set', start, end: this.lastEnd, elts };
  }

  private dict(start: number, first: Expr | null): Expr {
    const keys: (Expr | null)[] = [];
    const values: Expr[] = [];
    let height = this.height;
    let key = first;
    for (;;) {
      if (key === null && this.kind === T.DOUBLESTAR) {
        this.next();
        keys.push(null);
        values.push(this.binary(P_BITOR));
      } else {
        key ??= this.expression();
        const bare = key.kind === 'NamedExpr' && this.kinds[this.at - 1] !== T.RPAR;
        if (key.kind === 'Starred' || bare) this.fail('invalid dictionary key', key.start, key.end);
        if (this.height > height) height = this.height;
        this.expect(T.COLON);
        const value = this.expression();
        if (keys.length === 0 && (this.kind === T.K_FOR || this.kind === T.K_ASYNC)) {
          const generators = this.comprehension(key, 'dict comprehension');
          this.expectClose(T.RBRACE);
          return { kind: 'DictComp', start, end: this.lastEnd, key, value, generators };
        }
        keys.push(key);
        values.push(value);
      }
      if (this.height > height) height = this.height;
      if (!this.accept(T.COMMA) || this.kind === T.RBRACE) break;
      key = null;
    }
    this.expectClose(T.RBRACE);
    this.raise(height + 1);
    return { kind: 'Dict', start, end: this.lastEnd, keys, values };
  }

  protected comprehension(element: Expr, what: string): Comprehension[] {
    let yielded = this.lastYield >= element.start;
    if (element.kind === 'Starred') {
      this.fail('iterable unpacking cannot be used in comprehension', element.start, element.end);
    }
    const generators: Comprehension[] = [];
    let height = this.height;
    while (this.kind === T.K_FOR || this.kind === T.K_ASYNC) {
      const forStart = this.start;
      const isAsync = this.accept(T.K_ASYNC);
      this.expect(T.K_FOR);
      if (isAsync && what !== 'generator expression' && this.frame.refusesAwait() !== null) {
        this.problem('asynchronous comprehension outside of an asynchronous function', forStart, this.lastEnd);
      }
      const target = this.targetList('comprehension');
      this.expect(T.K_IN);
      const before = this.lastYield;
      const iter = this.binary(P_OR);
      // The first iterable is evaluated outside.
      if (generators.length === 0) this.lastYield = before;
      if (this.height > height) height = this.height;
      const ifs: Expr[] = [];
      while (this.accept(T.K_IF)) {
        ifs.push(this.kind === T.K_LAMBDA ? this.fail('invalid syntax') : this.binary(P_OR));
        if (this.height > height) height = this.height;
      }
      generators.push({ target, iter, ifs, isAsync });
    }
    this.raise(height + 1);
    yielded ||= this.lastYield >= element.start;
    if (yielded) this.problem(`'yield' inside ${what}`, element.start, element.end);
    if (what === 'generator expression' && this.problems.length > 0)
      this.allowAwaits(element.start, generators[0]!.iter);
    return generators;
  }

  /** A generator expression may await wherever it stands, but in its first iterable, which is evaluated outside. */
  private allowAwaits(from: number, outside: Expr): void {
    const kept = this.problems.filter(({ message, start }) => {
      const inside = start >= from && (start < outside.start || start >= outside.end);
      return !(inside && (message.startsWith("'await'") || message.startsWith('asynchronous')));
    });
    if (kept.length === this.problems.length) return;
    this.problems.length = 0;
    this.problems.push(...kept);
  }

  private call(start: number, func: Expr): Expr {
    const height = this.height;
    const open = this.start;
    this.next();
    const args: Expr[] = [];
    const keywords: Keyword[] = [];
    const inner = this.kind === T.RPAR ? 0 : this.callArguments(args, keywords, open);
    this.expectClose(T.RPAR);
    this.raise(Math.max(height, inner) + 1);
    return { kind: 'Call', start, end: this.lastEnd, func, args, keywords };
  }

  /** Arguments up to `)`, into the lists; gives the greatest height. `open` is the offset of `(`. */
  protected callArguments(args: Expr[], keywords: Keyword[], open: number): number {
    let height = 0;
    let unpacked = false;
    this.enter();
    while (this.kind !== T.RPAR) {
      const start = this.start;
      if (this.kind === T.DOUBLESTAR) {
        this.next();
        const value = this.expression();
        keywords.push({ start, end: value.end, name: null, value });
        unpacked = true;
      } else if (this.kind === T.STAR) {
        if (unpacked) this.fail('iterable argument unpacking follows keyword argument unpacking');
        this.next();
        const value = this.expression();
        args.push({ kind: 'Starred', start, end: value.end, value });
      } else if (this.kind === T.NAME && this.peek() === T.EQUAL) {
        const name = this.identifier();
        this.next();
        const value = this.expression();
        if (keywords.some(other => other.name === name)) {
          this.problem(`keyword argument repeated: ${name}`, start, value.end);
        }
        if (name === '__debug__') this.problem('cannot assign to __debug__', start, value.end);
        keywords.push({ start, end: value.end, name, value });
      } else {
        const value = this.named();
        if (this.kind === T.K_FOR || this.kind === T.K_ASYNC) {
          const generators = this.comprehension(value, 'generator expression');
          const alone = args.length === 0 && keywords.length === 0 && this.kind === T.RPAR;
          if (!alone) this.fail('Generator expression must be parenthesized', start, this.lastEnd);
          args.push({ kind: 'GeneratorExp', start: open, end: this.ends[this.at]!, elt: value, generators });
        } else {
          if (this.kind === T.EQUAL) this.fail('expression cannot contain assignment, perhaps you meant "=="?', start);
          if (keywords.length > 0) {
            const what = unpacked ? 'keyword argument unpacking' : 'keyword argument';
            this.fail(`positional argument follows ${what}`, start, value.end);
          }
          args.push(value);
        }
      }
      if (this.height > height) height = this.height;
      if (this.kind !== T.COMMA) break;
      this.next();
    }
    this.depth--;
    return height;
  }

  private slices(): Expr {
    const start = this.start;
    this.enter();
    const first = this.slice();
    let result = first;
    if (this.kind === T.COMMA || first.kind === 'Starred') {
      const elts = [first];
      let height = this.height;
      while (this.accept(T.COMMA)) {
        if (this.kind === T.RSQB) break;
        elts.push(this.slice());
        if (this.height > height) height = this.height;
      }
      this.raise(height + 1);
      result = { kind: 'Tuple', start, end: this.lastEnd, elts };
    }
    this.depth--;
    return result;
  }

  private slice(): Expr {
    if (this.kind === T.STAR) return this.starred();
    const start = this.start;
    const lower = this.kind === T.COLON ? null : this.named();
    if (this.kind !== T.COLON) {
      if (lower === null) this.fail('expected an expression');
      return lower;
    }
    if (lower?.kind === 'NamedExpr' && this.kinds[this.at - 1] !== T.RPAR) this.fail('invalid syntax');
    let height = lower === null ? 0 : this.height;
    this.next();
    const upper = this.slicePart();
    if (upper !== null && this.height > height) height = this.height;
    let step: Expr | null = null;
    if (this.accept(T.COLON)) step = this.slicePart();
    if (step === null || this.height < height) this.height = height;
    const slice: Slice = { kind: 'Slice', start, end: this.lastEnd, lower, upper, step };
    return slice;
  }

  private slicePart(): Expr | null {
    return this.kind === T.COLON || this.kind === T.COMMA || this.kind === T.RSQB ? null : this.expression();
  }

  protected yield(): Expr {
    const start = this.start;
    this.next();
    const isFrom = this.accept(T.K_FROM);
    this.refuse(refusesYield(this.frame, isFrom), start, this.lastEnd);
    this.frame.yields = true;
    this.lastYield = start;
    if (isFrom) {
      const value = this.expression();
      return { kind: 'YieldFrom', start, end: value.end, value };
    }
    const kind = this.kind;
    this.height = 0;
    const bare =
      kind === T.NEWLINE ||
      kind === T.RPAR ||
      kind === T.EQUAL ||
      kind === T.SEMI ||
      kind === T.RBRACE ||
      kind === T.EXCLAMATION ||
      kind === T.COLON ||
      kind === T.EOF;
    const value = bare ? null : this.starExpressions();
    return { kind: 'Yield', start, end: this.lastEnd, value };
  }

  /** `star_expressions`: one, or a tuple without parentheses. */
  protected starExpressions(): Expr {
    return this.bareTuple(false);
  }

  /** The same with `:=` allowed, as in a subject or a decorator's place. */
  protected starNamedExpressions(): Expr {
    return this.bareTuple(true);
  }

  private bareTuple(named: boolean): Expr {
    const start = this.start;
    const first = this.kind === T.STAR ? this.starred() : named ? this.named() : this.expression();
    if (this.kind !== T.COMMA) return first;
    const elts = [first];
    let height = this.height;
    while (this.kind === T.COMMA) {
      this.next();
      if (!this.beginsExpression()) break;
      elts.push(this.kind === T.STAR ? this.starred() : named ? this.named() : this.expression());
      if (this.height > height) height = this.height;
    }
    this.raise(height + 1);
    return { kind: 'Tuple', start, end: this.lastEnd, elts };
  }

  /** `*a` is no value by itself, though the grammar takes it. */
  protected plain(node: Expr): Expr {
    if (node.kind === 'Starred') this.problem("can't use starred expression here", node.start, node.end);
    return node;
  }

  protected beginsExpression(): boolean {
    switch (this.kind) {
      case T.NEWLINE:
      case T.EOF:
      case T.EQUAL:
      case T.RPAR:
      case T.RSQB:
      case T.RBRACE:
      case T.COLON:
      case T.SEMI:
      case T.EXCLAMATION:
      case T.K_IN:
      case T.FMIDDLE:
        return false;
      default:
        return this.kind < T.AUGMENTED + T.PLUS || this.kind >= T.K_FALSE;
    }
  }

  /** Targets of a loop, with commas: they end at `in`, so they are no comparison. */
  protected targetList(use: TargetUse): Expr {
    const start = this.start;
    const first = this.target(use);
    if (this.kind !== T.COMMA) {
      if (first.kind === 'Starred') this.fail('starred assignment target must be in a list or tuple', start);
      return first;
    }
    const elts = [first];
    while (this.accept(T.COMMA)) {
      if (!this.beginsExpression()) break;
      elts.push(this.target(use));
    }
    return { kind: 'Tuple', start, end: this.lastEnd, elts };
  }

  protected target(use: TargetUse): Expr {
    const target = this.kind === T.STAR && use !== 'delete' ? this.starred() : this.binary(P_BITOR);
    this.checkTarget(target, use, target.kind === 'Starred');
    return target;
  }

  /** Fails unless `target` can be assigned to (or deleted). `starred`: it may be `*x`. */
  protected checkTarget(target: Expr, use: TargetUse, starred = false): void {
    switch (target.kind) {
      case 'Name':
        if (target.id === '__debug__') this.problem('cannot assign to __debug__', target.start, target.end);
        return;
      case 'Attribute':
      case 'Subscript':
        return;
      case 'Starred':
        if (use === 'delete') this.fail('cannot delete starred', target.start, target.end);
        if (!starred) this.fail('starred assignment target must be in a list or tuple', target.start, target.end);
        this.checkTarget(target.value, use);
        return;
      case 'Tuple':
      case 'List':
        for (const elt of target.elts) this.checkTarget(elt, use, true);
        if (target.elts.length > 1 && target.elts.filter(elt => elt.kind === 'Starred').length > 1) {
          this.problem('multiple starred expressions in assignment', target.start, target.end);
        }
        return;
      default:
        this.fail(
          use === 'delete' ? `cannot delete ${described(target)}` : `cannot assign to ${described(target)} here`,
          target.start,
          target.end
        );
    }
  }

  private lambda(): Expr {
    const start = this.start;
    this.next();
    this.enter();
    const params = this.parameters(T.COLON, false);
    this.expect(T.COLON);
    const { frame, lastYield } = this;
    this.frame = new Frame('lambda');
    const body = this.expression();
    this.frame = frame;
    this.lastYield = lastYield;
    this.depth--;
    this.raise(this.height + 1);
    return { kind: 'Lambda', start, end: body.end, params, body };
  }

  /** Parameters up to (not past) `close`. */
  protected parameters(close: number, annotated: boolean): Parameters {
    let posonly: Param[] = [];
    let args: Param[] = [];
    const kwonly: Param[] = [];
    let vararg: Param | null = null;
    let kwarg: Param | null = null;
    let star = false;
    let slash = false;
    let defaults = false;
    while (this.kind !== close) {
      if (kwarg !== null) this.fail('arguments cannot follow var-keyword argument');
      if (this.kind === T.SLASH) {
        if (slash || star || args.length === 0) this.fail("'/' must follow an argument and come before '*'");
        slash = true;
        posonly = args;
        args = [];
        this.next();
      } else if (this.kind === T.STAR) {
        if (star) this.fail("'*' argument may appear only once");
        star = true;
        this.next();
        if (this.kind === T.COMMA) {
          const after = this.peek();
          if (after === close || after === T.DOUBLESTAR) this.fail('named arguments must follow bare *');
        } else if (this.kind === close) this.fail('named arguments must follow bare *');
        else vararg = this.param(annotated, true, false);
      } else if (this.kind === T.DOUBLESTAR) {
        this.next();
        kwarg = this.param(annotated, false, false);
      } else {
        const param = this.param(annotated, false, true);
        if (star) kwonly.push(param);
        else {
          if (param.default !== null) defaults = true;
          else if (defaults) {
            this.fail('parameter without a default follows parameter with a default', param.start, param.end);
          }
          args.push(param);
        }
      }
      if (this.kind !== T.COMMA) break;
      this.next();
    }
    const params = { posonly, args, vararg, kwonly, kwarg };
    this.checkParameters(params);
    return params;
  }

  private checkParameters({ posonly, args, vararg, kwonly, kwarg }: Parameters): void {
    if (args.length + posonly.length + kwonly.length === 0) return;
    const seen = new Set<string>();
    const check = ({ name }: Param): void => {
      if (seen.has(name.id))
        this.problem(`duplicate argument '${name.id}' in function definition`, name.start, name.end);
      if (name.id === '__debug__') this.problem('cannot assign to __debug__', name.start, name.end);
      seen.add(name.id);
    };
    for (const list of [posonly, args, kwonly]) for (const param of list) check(param);
    if (vararg !== null) check(vararg);
    if (kwarg !== null) check(kwarg);
  }

  private param(annotated: boolean, starAnnotation: boolean, defaulted: boolean): Param {
    const name = this.name();
    let annotation: Expr | null = null;
    if (annotated && this.accept(T.COLON)) {
      annotation = starAnnotation && this.kind === T.STAR ? this.starred() : this.expression();
    }
    let value: Expr | null = null;
    if (this.kind === T.EQUAL) {
      if (!defaulted) this.fail('var-positional and var-keyword arguments cannot have a default value');
      this.next();
      value = this.expression();
    }
    return { start: name.start, end: this.lastEnd, name, annotation, default: value };
  }
}

const DESCRIPTIONS: { readonly [kind: string]: string } = {
  Call: 'function call',
  Constant: 'literal',
  BinOp: 'expression',
  UnaryOp: 'expression',
  BoolOp: 'expression',
  Compare: 'comparison',
  IfExp: 'conditional expression',
  Lambda: 'lambda',
  Dict: 'dict literal',
  Set: 'set display',
  ListComp: 'list comprehension',
  SetComp: 'set comprehension',
  DictComp: 'dict comprehension',
  GeneratorExp: 'generator expression',
  Await: 'await expression',
  Yield: 'yield expression',
  YieldFrom: 'yield expression',
  JoinedStr: 'f-string expression',
  TemplateStr: 't-string expression',
  NamedExpr: 'named expression',
  Magic: 'IPython command'
};

export function described(node: Expr): string {
  return DESCRIPTIONS[node.kind] ?? 'expression';
}
