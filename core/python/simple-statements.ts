import type { Alias, Expr, Operator, Stmt, TypeParam } from './ast';
import { Frame, refusesJump, refusesReturn } from './frame';
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

/** Statements without a block, and the type parameters that aliases share with definitions. */
export abstract class SimpleStatementParser extends PatternParser {
  protected simple(): Stmt {
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

  protected endsSimple(): boolean {
    return this.kind === T.NEWLINE || this.kind === T.SEMI || this.kind === T.EOF || this.kind === T.K_FROM;
  }

  protected del(): Stmt {
    const start = this.start;
    this.next();
    const targets = [this.target('delete')];
    while (this.accept(T.COMMA)) {
      if (this.endsSimple()) break;
      targets.push(this.target('delete'));
    }
    return { kind: 'Delete', start, end: this.lastEnd, targets };
  }

  protected typeAlias(): Stmt {
    const start = this.start;
    this.next();
    const name = this.name();
    const typeParams = this.typeParams();
    this.expect(T.EQUAL);
    const value = this.inType();
    return { kind: 'TypeAlias', start, end: value.end, name, typeParams, value };
  }

  protected expressionStatement(): Stmt {
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

  protected assignedValue(): Expr {
    return this.kind === T.K_YIELD ? this.yield() : this.starExpressions();
  }

  protected assign(start: number, first: Expr): Stmt {
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

  protected dottedName(): string {
    let text = this.identifier();
    while (this.accept(T.DOT)) text += `.${this.identifier()}`;
    return text;
  }

  protected moduleAlias(): Alias {
    const start = this.start;
    const name = this.dottedName();
    const asname = this.accept(T.K_AS) ? this.name() : null;
    return { start, end: this.lastEnd, name, asname };
  }

  protected importFrom(): Stmt {
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
  protected future(names: readonly Alias[]): void {
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

  /** An expression that is evaluated when asked for. */
  protected inType(): Expr {
    const outer = this.frame;
    this.frame = new Frame('type');
    const value = this.expression();
    this.frame = outer;
    return value;
  }

  protected typeParams(): TypeParam[] {
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
}
