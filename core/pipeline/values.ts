import type { Json, Parameter } from '../api';
import { likely } from '../notebook';
import { parseCell } from '../python';
import { literal } from './literal';

export type ParameterValue =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly fix?: string };

/**
 * The value that `text` (of `-p name=text`) means for a parameter, by the type of its default: an int takes whole
 * numbers, a float any number, a bool true, false, yes, no, 1 or 0, a str the text as it is, a list or dict JSON or a
 * Python literal; where the default is None, a JSON or Python literal, else the text.
 */
export function parseParameterValue(text: string, parameter: Parameter): ParameterValue {
  const word = text.trim();
  const refuse = (expected: string): ParameterValue => ({
    ok: false,
    code: 'parameter-type',
    message: `Parameter '${parameter.name}' is ${expected}; ${JSON.stringify(text.slice(0, 80))} is not.`,
    fix: `Give ${expected}, as the default in cell ${parameter.position.cell}, line ${parameter.position.line}.`
  });
  switch (parameter.type) {
    case 'str':
      return { ok: true, value: text };
    case 'bool':
      if (/^(true|yes|on|1)$/i.test(word)) {
        return { ok: true, value: true };
      }
      return /^(false|no|off|0)$/i.test(word) ? { ok: true, value: false } : refuse('true or false');
    case 'int':
    case 'float': {
      const found = pythonLiteral(word) ?? specialFloat(word);
      if (found?.type === 'int' || (found?.type === 'float' && parameter.type === 'float')) {
        return { ok: true, value: found.value };
      }
      return refuse(parameter.type === 'int' ? 'a whole number' : 'a number');
    }
    case 'list':
    case 'dict': {
      const found = pythonLiteral(word) ?? jsonLiteral(word);
      return found?.type === parameter.type ? { ok: true, value: found.value } : refuse(`a ${parameter.type}`);
    }
    case 'none': {
      const found = pythonLiteral(word) ?? jsonLiteral(word);
      return { ok: true, value: found === undefined ? text : found.value };
    }
  }
}

function pythonLiteral(text: string): ReturnType<typeof literal> {
  const module = parseCell(text, {});
  const only = module.body.length === 1 && module.problems.length === 0 ? module.body[0]! : null;
  return only?.kind === 'ExprStmt' ? literal(only.value) : undefined;
}

function specialFloat(text: string): ReturnType<typeof literal> {
  const found = /^([+-]?)(nan|inf|infinity)$/i.exec(text);
  if (found === null) {
    return undefined;
  }
  const name = found[2]!.toLowerCase() === 'nan' ? 'nan' : found[1] === '-' ? '-inf' : 'inf';
  return { type: 'float', value: { $float: name } };
}

function jsonLiteral(text: string): ReturnType<typeof literal> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
  if (value === null) {
    return { type: 'none', value };
  }
  if (typeof value === 'object') {
    return { type: Array.isArray(value) ? 'list' : 'dict', value };
  }
  const kinds = { boolean: 'bool', number: 'float', string: 'str' } as const;
  return { type: kinds[typeof value as keyof typeof kinds], value };
}

/** Values for `name=text` pairs; each unknown name and each wrong value is told. The last of a repeated name counts. */
export function givenValues(
  pairs: readonly (readonly [name: string, text: string])[],
  parameters: readonly Parameter[]
): { readonly values: Readonly<Record<string, Json>>; readonly problems: readonly (ParameterValue & { ok: false })[] } {
  const values = new Map<string, Json>();
  const problems: (ParameterValue & { ok: false })[] = [];
  for (const [name, text] of pairs) {
    const parameter = parameters.find(candidate => candidate.name === name);
    const result = parameter === undefined ? unknown(name, parameters) : parseParameterValue(text, parameter);
    if (result.ok) {
      values.set(name, result.value);
    } else {
      problems.push(result);
    }
  }
  return { values: Object.fromEntries(values), problems };
}

function unknown(name: string, parameters: readonly Parameter[]): ParameterValue & { ok: false } {
  const names = parameters.map(parameter => parameter.name);
  const near = likely(name, names);
  const known =
    names.length === 0 ? 'Tag a cell with literal assignments as parameters.' : `It has ${names.join(', ')}.`;
  return {
    ok: false,
    code: 'parameter-unknown',
    message: `The notebook has no parameter '${name.slice(0, 80)}'.`,
    fix: near === null ? known : `Did you mean '${near}'?`
  };
}
