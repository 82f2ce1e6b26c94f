import type { Constant, ConstantValue, Expr, Operator } from './ast';
import { ArgumentParser } from './arguments';
import { refusesYield } from './frame';
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

/** Python's expressions, CPython's grammar rule for rule. */
export abstract class ExpressionParser extends ArgumentParser {
  protected abstract strings(): Expr;

  protected abstract magic(): Expr;

  /** `named_expression`: an expression, or `name := expression`. */
  protected named(): Expr {
    if (this.kind === T.NAME && this.peek() === T.COLONEQUAL) {
      const target = this.name();
      this.lastWalrus = target.start;
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

  protected binary(least: number): Expr {
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

  protected bool(first: Expr, operator: number, precedence: number): Expr {
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

  protected compare(left: Expr): Expr {
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

  protected compareOperator(): CompareOperator {
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

  protected unary(): Expr {
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

  protected primary(): Expr {
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

  protected atom(): Expr {
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

  protected constant(value: ConstantValue): Constant {
    const start = this.start;
    this.next();
    this.height = 0;
    return { kind: 'Constant', start, end: this.lastEnd, value };
  }

  protected number(): Constant {
    const text = this.text();
    const digits = text.indexOf('_') < 0 ? text : text.replaceAll('_', '');
    const last = digits.charCodeAt(digits.length - 1) | 32;
    const hex = digits.length > 1 && (digits.charCodeAt(1) | 32) === 120;
    if (last === 106) return this.constant({ type: 'complex', value: Number(digits.slice(0, -1)) });
    if (!hex && /[.eE]/.test(digits)) return this.constant({ type: 'float', value: Number(digits) });
    return this.constant({ type: 'int', value: Number(digits), text });
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

  protected bareTuple(named: boolean): Expr {
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
}
