import type { Expr, Keyword, Param, Parameters, Slice } from './ast';
import { DisplayParser } from './displays';
import { Frame } from './frame';
import * as T from './tokens';

/** Arguments, subscripts, parameters and `lambda`. */
export abstract class ArgumentParser extends DisplayParser {
  protected call(start: number, func: Expr): Expr {
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

  protected slices(): Expr {
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

  protected slice(): Expr {
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

  protected slicePart(): Expr | null {
    return this.kind === T.COLON || this.kind === T.COMMA || this.kind === T.RSQB ? null : this.expression();
  }

  protected lambda(): Expr {
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

  protected checkParameters({ posonly, args, vararg, kwonly, kwarg }: Parameters): void {
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

  protected param(annotated: boolean, starAnnotation: boolean, defaulted: boolean): Param {
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
