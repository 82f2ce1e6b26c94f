import type { Json, ParameterType } from '../api';
import type { Expr } from '../python';

/** Names under which notebooks know the modules that have `nan` and `inf`. */
const MATH = new Set(['math', 'np', 'numpy', 'cmath']);

/**
 * The value of a literal expression of a kind that a parameter can have, undefined for anything else. Floats without
 * a JSON form, whole ones among them (JSON's 2.0 is 2), are `{"$float": …}`; integers beyond 2^53 are not taken, since
 * JSON's readers would round them.
 */
export function literal(expr: Expr): { readonly type: ParameterType; readonly value: Json } | undefined {
  switch (expr.kind) {
    case 'Constant':
      return constant(expr.value);
    case 'UnaryOp':
      return expr.op === '-' || expr.op === '+' ? signed(expr.op, literal(expr.operand)) : undefined;
    case 'List': {
      const items = expr.elts.map(item => literal(item)?.value);
      return items.every(item => item !== undefined) ? { type: 'list', value: items } : undefined;
    }
    case 'Dict':
      return dictionary(expr);
    case 'Call': {
      const argument = expr.args[0];
      const plain = expr.func.kind === 'Name' && expr.func.id === 'float' && expr.args.length === 1;
      if (!plain || expr.keywords.length > 0 || argument === undefined) {
        return undefined;
      }
      return floatOf(argument);
    }
    case 'Attribute': {
      const known = expr.value.kind === 'Name' && MATH.has(expr.value.id);
      return known ? special(expr.attr.toLowerCase()) : undefined;
    }
    default:
      return undefined;
  }
}

function constant(value: (Expr & { kind: 'Constant' })['value']): ReturnType<typeof literal> {
  switch (value.type) {
    case 'None':
      return { type: 'none', value: null };
    case 'True':
    case 'False':
      return { type: 'bool', value: value.type === 'True' };
    case 'int':
      return Number.isSafeInteger(value.value) ? { type: 'int', value: value.value } : undefined;
    case 'float':
      return { type: 'float', value: floatJson(value.value) };
    case 'str':
      return { type: 'str', value: value.value };
    default:
      return undefined;
  }
}

function special(name: string): ReturnType<typeof literal> {
  const word = /^([+-]?)(?:(nan)|inf(?:inity)?)$/.exec(name.trim().toLowerCase());
  if (word === null) {
    return undefined;
  }
  const value = word[2] !== undefined ? 'nan' : word[1] === '-' ? '-inf' : 'inf';
  return { type: 'float', value: { $float: value } };
}

function floatOf(argument: Expr): ReturnType<typeof literal> {
  const inner = literal(argument);
  if (inner?.type === 'float') {
    return inner;
  }
  if (inner?.type === 'int') {
    return { type: 'float', value: floatJson(Number(inner.value)) };
  }
  if (inner?.type !== 'str') {
    return undefined;
  }
  const text = String(inner.value).trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
    ? { type: 'float', value: floatJson(Number(text)) }
    : special(text);
}

function signed(op: '-' | '+', inner: ReturnType<typeof literal>): ReturnType<typeof literal> {
  if (inner === undefined || (inner.type !== 'int' && inner.type !== 'float')) {
    return undefined;
  }
  if (op === '+') {
    return inner;
  }
  if (inner.type === 'int') {
    return { type: 'int', value: inner.value === 0 ? 0 : -Number(inner.value) };
  }
  return { type: 'float', value: floatJson(-floatNumber(inner.value)) };
}

/** A float as JSON: what a reader would take for an integer, or cannot read at all, is `{"$float": …}`. */
export function floatJson(value: number): Json {
  if (Number.isNaN(value)) {
    return { $float: 'nan' };
  }
  if (!Number.isFinite(value)) {
    return { $float: value > 0 ? 'inf' : '-inf' };
  }
  if (!Number.isInteger(value)) {
    return value;
  }
  const digits = Object.is(value, -0) ? '-0' : String(value);
  return { $float: digits.includes('e') ? digits : `${digits}.0` };
}

function floatNumber(value: Json): number {
  if (typeof value === 'number') {
    return value;
  }
  const word = String((value as { readonly $float: Json }).$float);
  return Number(word.replace('inf', 'Infinity'));
}

function dictionary(expr: Expr & { kind: 'Dict' }): ReturnType<typeof literal> {
  const entries: [string, Json][] = [];
  for (const [at, key] of expr.keys.entries()) {
    const name = key === null ? undefined : literal(key);
    const value = literal(expr.values[at]!)?.value;
    if (name?.type !== 'str' || value === undefined) {
      return undefined;
    }
    entries.push([String(name.value), value]);
  }
  const marked = entries.length === 1 && entries[0]![0] === '$float';
  return marked ? undefined : { type: 'dict', value: Object.fromEntries(entries) };
}
