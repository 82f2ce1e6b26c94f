import type { Constant, Expr, Name, Pattern } from './ast';
import { LiteralParser } from './literals';
import * as T from './tokens';

/** The patterns of `match` (PEP 634). */
export abstract class PatternParser extends LiteralParser {
  /** `patterns`: one, or a sequence without brackets. */
  protected patterns(): Pattern {
    const first = this.maybeStar();
    if (this.kind !== T.COMMA) {
      if (first.kind === 'MatchStar') this.fail('a starred pattern stands only in a sequence');
      return first;
    }
    const patterns = [first];
    while (this.accept(T.COMMA)) {
      if (this.kind === T.COLON || this.kind === T.K_IF) break;
      patterns.push(this.maybeStar());
    }
    return { kind: 'MatchSequence', patterns };
  }

  private maybeStar(): Pattern {
    if (this.kind !== T.STAR) return this.asPattern();
    this.next();
    const name = this.name();
    return { kind: 'MatchStar', name: name.id === '_' ? null : name };
  }

  private asPattern(): Pattern {
    this.enter();
    let pattern = this.orPattern();
    if (this.accept(T.K_AS)) {
      const name = this.capture();
      pattern = { kind: 'MatchAs', pattern, name };
    }
    this.depth--;
    return pattern;
  }

  private capture(): Name {
    const name = this.name();
    if (name.id === '_') this.fail("cannot use '_' as a target", name.start, name.end);
    return name;
  }

  private orPattern(): Pattern {
    const first = this.closed();
    if (this.kind !== T.VBAR) return first;
    const patterns = [first];
    while (this.accept(T.VBAR)) patterns.push(this.closed());
    return { kind: 'MatchOr', patterns };
  }

  private closed(): Pattern {
    switch (this.kind) {
      case T.NAME:
        return this.nameOrClass();
      case T.K_NONE:
      case T.K_TRUE:
      case T.K_FALSE:
        return { kind: 'MatchSingleton', value: this.sum() as Constant };
      case T.NUMBER:
      case T.MINUS:
        return { kind: 'MatchValue', value: this.literalNumber() };
      case T.STRING:
      case T.FSTART: {
        const value = this.strings();
        if (value.kind !== 'Constant') {
          this.fail('patterns may only match literals and attribute lookups', value.start, value.end);
        }
        return { kind: 'MatchValue', value };
      }
      case T.LPAR:
        return this.group(T.RPAR);
      case T.LSQB:
        return this.group(T.RSQB);
      case T.LBRACE:
        return this.mapping();
      default:
        return this.fail('expected a pattern');
    }
  }

  /** `-1`, `1 + 2j`. */
  private literalNumber(): Expr {
    const value = this.sum();
    if (!isNumber(value)) this.fail('patterns may only match literals and attribute lookups', value.start, value.end);
    return value;
  }

  private dotted(): Expr {
    let value: Expr = this.name();
    while (this.kind === T.DOT) {
      this.next();
      const attrStart = this.start;
      const attr = this.identifier();
      this.raise(this.height + 1);
      value = { kind: 'Attribute', start: value.start, end: this.lastEnd, value, attr, attrStart };
    }
    return value;
  }

  private nameOrClass(): Pattern {
    this.height = 0;
    const value = this.dotted();
    if (this.kind === T.LPAR) return this.classPattern(value);
    if (value.kind !== 'Name') return { kind: 'MatchValue', value };
    return { kind: 'MatchAs', pattern: null, name: value.id === '_' ? null : value };
  }

  private classPattern(cls: Expr): Pattern {
    this.next();
    const patterns: Pattern[] = [];
    const kwds: string[] = [];
    const kwdPatterns: Pattern[] = [];
    while (this.kind !== T.RPAR) {
      if (this.kind === T.NAME && this.peek() === T.EQUAL) {
        kwds.push(this.identifier());
        this.next();
        kwdPatterns.push(this.asPattern());
      } else {
        if (kwds.length > 0) this.fail('positional patterns follow keyword patterns');
        patterns.push(this.asPattern());
      }
      if (!this.accept(T.COMMA)) break;
    }
    this.expectClose(T.RPAR);
    return { kind: 'MatchClass', cls, patterns, kwds, kwdPatterns };
  }

  private group(close: number): Pattern {
    this.next();
    const patterns: Pattern[] = [];
    let comma = false;
    while (this.kind !== close) {
      patterns.push(this.maybeStar());
      if (this.kind !== T.COMMA) break;
      comma = true;
      this.next();
    }
    this.expectClose(close);
    const only = patterns[0];
    if (close === T.RPAR && !comma && only !== undefined) {
      if (only.kind === 'MatchStar') this.fail('a starred pattern stands only in a sequence');
      return only;
    }
    return { kind: 'MatchSequence', patterns };
  }

  private mapping(): Pattern {
    this.next();
    const keys: Expr[] = [];
    const patterns: Pattern[] = [];
    let rest: Name | null = null;
    while (this.kind !== T.RBRACE) {
      if (rest !== null) this.fail('nothing may follow a double star pattern');
      if (this.accept(T.DOUBLESTAR)) rest = this.capture();
      else {
        keys.push(this.key());
        this.expect(T.COLON);
        patterns.push(this.asPattern());
      }
      if (!this.accept(T.COMMA)) break;
    }
    this.expectClose(T.RBRACE);
    return { kind: 'MatchMapping', keys, patterns, rest };
  }

  private key(): Expr {
    const value = this.kind === T.NAME ? this.dotted() : this.sum();
    const fine =
      value.kind === 'Constant' ? value.value.type !== 'Ellipsis' : value.kind === 'Attribute' || isNumber(value);
    if (!fine) this.fail('mapping pattern keys may only match literals and attribute lookups', value.start, value.end);
    return value;
  }
}

function isNumber(value: Expr): boolean {
  switch (value.kind) {
    case 'Constant':
      return value.value.type === 'int' || value.value.type === 'float' || value.value.type === 'complex';
    case 'UnaryOp':
      return value.op === '-' && value.operand.kind === 'Constant' && isNumber(value.operand);
    case 'BinOp':
      return (
        (value.op === '+' || value.op === '-') &&
        value.left.kind !== 'BinOp' &&
        isNumber(value.left) &&
        value.right.kind === 'Constant' &&
        value.right.value.type === 'complex'
      );
    default:
      return false;
  }
}
