import type { Comprehension, Expr } from './ast';
import { TargetParser } from './targets';
import * as T from './tokens';

/** Parentheses, lists, sets, dicts and comprehensions. */
export abstract class DisplayParser extends TargetParser {
  /** Offset of the last `yield` outside lambdas, or -1. */
  protected lastYield = -1;

  /** Offset of the last `:=`, or -1. */
  protected lastWalrus = -1;

  /** What follows `(`: a tuple, a generator expression, a `yield`, or an expression in parentheses. */
  protected parenthesised(): Expr {
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

  protected list(): Expr {
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
  protected rest(first: Expr, close: number): Expr[] {
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

  protected braced(): Expr {
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

  protected dict(start: number, first: Expr | null): Expr {
    const keys: (Expr | null)[] = [];
    const values: Expr[] = [];
    let height = this.height;
    let key = first;
    for (;;) {
      if (key === null && this.kind === T.DOUBLESTAR) {
        this.next();
        keys.push(null);
        values.push(this.bitwiseOr());
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
      const iter = this.disjunction();
      // The first iterable is evaluated outside.
      if (generators.length === 0) this.lastYield = before;
      if (this.height > height) height = this.height;
      const ifs: Expr[] = [];
      while (this.accept(T.K_IF)) {
        ifs.push(this.kind === T.K_LAMBDA ? this.fail('invalid syntax') : this.disjunction());
        if (this.height > height) height = this.height;
      }
      generators.push({ target, iter, ifs, isAsync });
    }
    this.raise(height + 1);
    yielded ||= this.lastYield >= element.start;
    if (this.lastWalrus >= element.start) this.declares = true;
    if (yielded) this.problem(`'yield' inside ${what}`, element.start, element.end);
    if (what === 'generator expression' && this.problems.length > 0)
      this.allowAwaits(element.start, generators[0]!.iter);
    return generators;
  }

  /** A generator expression may await wherever it stands, but in its first iterable, which is evaluated outside. */
  protected allowAwaits(from: number, outside: Expr): void {
    const kept = this.problems.filter(({ message, start }) => {
      const inside = start >= from && (start < outside.start || start >= outside.end);
      return !(inside && (message.startsWith("'await'") || message.startsWith('asynchronous')));
    });
    if (kept.length === this.problems.length) return;
    this.problems.length = 0;
    this.problems.push(...kept);
  }
}
