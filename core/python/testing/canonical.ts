import type { ConstantValue, Expr, Keyword, Param, Parameters, Pattern, Stmt, TypeParam } from '../ast';
import type { Scope } from '../scopes';

/** The text that `library.py` makes of CPython's tree, made of ours. */
export const statementText = (node: Stmt): string => statement(node);

const OPERATORS: { readonly [op: string]: string } = {
  '+': 'Add',
  '-': 'Sub',
  '*': 'Mult',
  '@': 'MatMult',
  '/': 'Div',
  '%': 'Mod',
  '**': 'Pow',
  '<<': 'LShift',
  '>>': 'RShift',
  '|': 'BitOr',
  '^': 'BitXor',
  '&': 'BitAnd',
  '//': 'FloorDiv'
};
const COMPARES: { readonly [op: string]: string } = {
  '==': 'Eq',
  '!=': 'NotEq',
  '<': 'Lt',
  '<=': 'LtE',
  '>': 'Gt',
  '>=': 'GtE',
  is: 'Is',
  'is not': 'IsNot',
  in: 'In',
  'not in': 'NotIn'
};
const UNARY: { readonly [op: string]: string } = { '~': 'Invert', not: 'Not', '+': 'UAdd', '-': 'USub' };

function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
const list = <N>(items: readonly N[], one: (item: N) => string): string => `[${items.map(one).join(',')}]`;
const maybe = <N>(item: N | null, one: (item: N) => string): string => (item === null ? 'N' : one(item));
const call = (name: string, ...fields: string[]): string => `${name}(${fields.join(',')})`;
const flag = (value: boolean): string => (value ? '1' : '0');

function double(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

function constant(value: ConstantValue): string {
  switch (value.type) {
    case 'int':
      return `i${BigInt(value.text.replaceAll('_', '').replace(/^0+$/, '0')).toString(16)}`;
    case 'float':
      return `f${double(value.value)}`;
    case 'complex':
      return `c${double(value.value)}`;
    case 'str':
      return `s${quoted(value.value)}`;
    case 'bytes':
      return `b${quoted(value.value)}`;
    default:
      return value.type;
  }
}

const name = (node: { readonly id: string }): string => quoted(node.id);
const param = (node: Param): string => call('arg', name(node.name), maybe(node.annotation, expr));
const keyword = (node: Keyword): string => call('keyword', maybe(node.name, quoted), expr(node.value));
const block = (body: readonly Stmt[]): string => list(body, statement);

function parameters(node: Parameters): string {
  const positional = [...node.posonly, ...node.args];
  const defaults = positional.flatMap(p => (p.default === null ? [] : [p.default]));
  return call(
    'arguments',
    list(node.posonly, param),
    list(node.args, param),
    maybe(node.vararg, param),
    list(node.kwonly, param),
    list(node.kwonly, p => maybe(p.default, expr)),
    maybe(node.kwarg, param),
    list(defaults, expr)
  );
}

const typeParams = (params: readonly TypeParam[]): string[] => (params.length === 0 ? [] : [list(params, p => p.kind)]);

function comprehension(node: {
  readonly target: Expr;
  readonly iter: Expr;
  readonly ifs: readonly Expr[];
  readonly isAsync: boolean;
}): string {
  return call('comprehension', expr(node.target), expr(node.iter), list(node.ifs, expr), flag(node.isAsync));
}

function expr(node: Expr): string {
  switch (node.kind) {
    case 'Constant':
      return constant(node.value);
    case 'Name':
      return call('Name', name(node));
    case 'BoolOp':
      return call('BoolOp', node.op === 'and' ? 'And()' : 'Or()', list(node.values, expr));
    case 'NamedExpr':
      return call('NamedExpr', expr(node.target), expr(node.value));
    case 'BinOp':
      return call('BinOp', expr(node.left), `${OPERATORS[node.op]}()`, expr(node.right));
    case 'UnaryOp':
      return call('UnaryOp', `${UNARY[node.op]}()`, expr(node.operand));
    case 'Lambda':
      return call('Lambda', parameters(node.params), expr(node.body));
    case 'IfExp':
      return call('IfExp', expr(node.test), expr(node.body), expr(node.orelse));
    case 'Dict':
      return call(
        'Dict',
        list(node.keys, key => maybe(key, expr)),
        list(node.values, expr)
      );
    case 'Set':
    case 'List':
    case 'Tuple':
      return call(node.kind, list(node.elts, expr));
    case 'ListComp':
    case 'SetComp':
    case 'GeneratorExp':
      return call(node.kind, expr(node.elt), list(node.generators, comprehension));
    case 'DictComp':
      return call('DictComp', expr(node.key), expr(node.value), list(node.generators, comprehension));
    case 'Await':
    case 'YieldFrom':
    case 'Starred':
      return call(node.kind, expr(node.value));
    case 'Yield':
      return call('Yield', maybe(node.value, expr));
    case 'Compare':
      return call(
        'Compare',
        expr(node.left),
        list(node.ops, op => `${COMPARES[op]}()`),
        list(node.comparators, expr)
      );
    case 'Call':
      return call('Call', expr(node.func), list(node.args, expr), list(node.keywords, keyword));
    case 'FormattedValue':
    case 'Interpolation':
      return call(
        'FormattedValue',
        expr(node.value),
        String(node.conversion?.charCodeAt(0) ?? -1),
        maybe(node.spec, expr)
      );
    case 'JoinedStr':
    case 'TemplateStr':
      return call(node.kind, list(node.values, expr));
    case 'Attribute':
      return call('Attribute', expr(node.value), quoted(node.attr));
    case 'Subscript':
      return call('Subscript', expr(node.value), expr(node.index));
    case 'Slice':
      return call('Slice', maybe(node.lower, expr), maybe(node.upper, expr), maybe(node.step, expr));
    case 'Magic':
      return call('Magic', node.form, quoted(node.name));
  }
}

function pattern(node: Pattern): string {
  switch (node.kind) {
    case 'MatchValue':
      return call('MatchValue', expr(node.value));
    case 'MatchSingleton':
      return call('MatchSingleton', node.value.value.type === 'None' ? 'N' : node.value.value.type);
    case 'MatchSequence':
    case 'MatchOr':
      return call(node.kind, list(node.patterns, pattern));
    case 'MatchMapping':
      return call('MatchMapping', list(node.keys, expr), list(node.patterns, pattern), maybe(node.rest, name));
    case 'MatchClass':
      return call(
        'MatchClass',
        expr(node.cls),
        list(node.patterns, pattern),
        list(node.kwds, quoted),
        list(node.kwdPatterns, pattern)
      );
    case 'MatchStar':
      return call('MatchStar', maybe(node.name, name));
    case 'MatchAs':
      return call('MatchAs', maybe(node.pattern, pattern), maybe(node.name, name));
  }
}

function statement(node: Stmt): string {
  switch (node.kind) {
    case 'FunctionDef':
      return call(
        node.isAsync ? 'AsyncFunctionDef' : 'FunctionDef',
        name(node.name),
        parameters(node.params),
        block(node.body),
        list(node.decorators, expr),
        maybe(node.returns, expr),
        ...typeParams(node.typeParams)
      );
    case 'ClassDef':
      return call(
        'ClassDef',
        name(node.name),
        list(node.bases, expr),
        list(node.keywords, keyword),
        block(node.body),
        list(node.decorators, expr),
        ...typeParams(node.typeParams)
      );
    case 'Return':
      return call('Return', maybe(node.value, expr));
    case 'Delete':
      return call('Delete', list(node.targets, expr));
    case 'Assign':
      return call('Assign', list(node.targets, expr), expr(node.value));
    case 'TypeAlias':
      return call('TypeAlias', name(node.name), expr(node.value));
    case 'AugAssign':
      return call('AugAssign', expr(node.target), `${OPERATORS[node.op]}()`, expr(node.value));
    case 'AnnAssign':
      return call('AnnAssign', expr(node.target), expr(node.annotation), maybe(node.value, expr), flag(node.simple));
    case 'For':
      return call(
        node.isAsync ? 'AsyncFor' : 'For',
        expr(node.target),
        expr(node.iter),
        block(node.body),
        block(node.orelse)
      );
    case 'While':
    case 'If':
      return call(node.kind, expr(node.test), block(node.body), block(node.orelse));
    case 'With':
      return call(
        node.isAsync ? 'AsyncWith' : 'With',
        list(node.items, item => call('withitem', expr(item.context), maybe(item.target, expr))),
        block(node.body)
      );
    case 'Match':
      return call(
        'Match',
        expr(node.subject),
        list(node.cases, c => call('match_case', pattern(c.pattern), maybe(c.guard, expr), block(c.body)))
      );
    case 'Raise':
      return call('Raise', maybe(node.exc, expr), maybe(node.cause, expr));
    case 'Try':
      return call(
        node.isStar ? 'TryStar' : 'Try',
        block(node.body),
        list(node.handlers, h => call('ExceptHandler', maybe(h.type, expr), maybe(h.name, name), block(h.body))),
        block(node.orelse),
        block(node.finalbody)
      );
    case 'Assert':
      return call('Assert', expr(node.test), maybe(node.msg, expr));
    case 'Import':
    case 'ImportFrom': {
      const names = list(node.names, alias => call('alias', quoted(alias.name), maybe(alias.asname, name)));
      return node.kind === 'Import'
        ? call('Import', names)
        : call('ImportFrom', maybe(node.module, quoted), names, String(node.level));
    }
    case 'Global':
    case 'Nonlocal':
      return call(node.kind, list(node.names, name));
    case 'ExprStmt':
      return call('Expr', expr(node.value));
    default:
      return call(node.kind);
  }
}

export type Table = readonly [type: number, name: string, symbols: readonly string[], children: readonly Table[]];

const RESOLUTIONS = ['', 'local', 'global explicit', 'global implicit', 'free', 'cell'];

/** Our scopes as `library.py` prints `_symtable`'s: 0 function, 1 class, 2 module. */
export function scopeTable(scope: Scope): Table {
  const type = scope.kind === 'module' ? 2 : scope.kind === 'class' ? 1 : 0;
  const names = [...scope.symbols.values()].map(s => `${s.name}:${s.flags}:${RESOLUTIONS.indexOf(s.resolution)}`);
  return [type, scope.name, names, scope.children.map(scopeTable)];
}
