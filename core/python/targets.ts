import type { Expr } from './ast';
import { Cursor } from './cursor';
import * as T from './tokens';

export type TargetUse = 'assign' | 'delete' | 'for' | 'with' | 'comprehension';

/** What may be bound or deleted, and the parts of the grammar that all expressions share. */
export abstract class TargetParser extends Cursor {
  protected abstract named(): Expr;
  protected abstract expression(): Expr;
  protected abstract disjunction(): Expr;
  protected abstract bitwiseOr(): Expr;
  protected abstract starNamed(): Expr;
  protected abstract starred(): Expr;
  protected abstract yield(): Expr;

  protected expectClose(kind: number): void {
    if (this.kind === kind) this.next();
    else {
      const hint = this.kind === T.EOF || this.kind === T.NEWLINE ? '' : ' Perhaps you forgot a comma?';
      const close = kind === T.RPAR ? "')'" : kind === T.RSQB ? "']'" : "'}'";
      this.fail(hint === '' ? `expected ${close}` : `expected ${close}.${hint}`);
    }
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
    const target = this.kind === T.STAR && use !== 'delete' ? this.starred() : this.bitwiseOr();
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
