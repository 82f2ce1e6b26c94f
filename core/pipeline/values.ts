import type { Json, Parameter } from '../api';
import { likely } from '../notebook';
import { parseCell } from '../python';
import { floatJson, literal } from './literal';

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
    case 'int': {
      const found = pythonLiteral(word);
      const huge = /^[+-]?[\d_]+$/.test(word) ? 'a whole number of at most 53 bits' : 'a whole number';
      return found?.type === 'int' ? { ok: true, value: found.value } : refuse(huge);
    }
    case 'float': {
      // As Python's float() reads a text: also whole numbers of any size, nan and inf.
      const found = pythonLiteral(`float(${JSON.stringify(word.replace(/(?<=\d)_(?=\d)/g, ''))})`);
      return found?.type === 'float' ? { ok: true, value: found.value } : refuse('a number');
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

/** JSON's words outside of its strings, and Python's for the same. */
const WORDS: Readonly<Record<string, string>> = {
  true: 'True',
  false: 'False',
  null: 'None',
  nan: "float('nan')",
  NaN: "float('nan')",
  inf: "float('inf')",
  Infinity: "float('inf')"
};

/** JSON read as the Python that means the same: so `1.0` stays a float, which `JSON.parse` would lose. */
function jsonLiteral(text: string): ReturnType<typeof literal> {
  const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b[A-Za-z]+\b/g;
  return pythonLiteral(text.replace(token, found => (Object.hasOwn(WORDS, found) ? WORDS[found]! : found)));
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

/** Of values given as JSON: each unknown name and each value of another type than the default's is told. */
export function checkedValues(
  given: Readonly<Record<string, Json>>,
  parameters: readonly Parameter[]
): { readonly values: Readonly<Record<string, Json>>; readonly problems: readonly (ParameterValue & { ok: false })[] } {
  const problems: (ParameterValue & { ok: false })[] = [];
  const values = new Map<string, Json>();
  for (const [name, value] of Object.entries(given)) {
    values.set(name, value);
    const parameter = parameters.find(candidate => candidate.name === name);
    const expected = parameter === undefined ? null : EXPECTED[parameter.type];
    if (parameter === undefined || expected === null) {
      problems.push(unknown(name, parameters));
    } else if (!expected.fits(value)) {
      problems.push({
        ok: false,
        code: 'parameter-type',
        message: `Parameter '${name}' is ${expected.words}; ${JSON.stringify(value).slice(0, 80)} is not.`,
        fix: `Give ${expected.words}, as the default in cell ${parameter.position.cell}, line ${parameter.position.line}.`
      });
    } else if (parameter.type === 'float' && typeof value === 'number') {
      // JSON's 2 would be an int in Python.
      values.set(name, floatJson(value));
    }
  }
  return { values: Object.fromEntries(values), problems };
}

const isFloat = (value: Json): boolean =>
  typeof value === 'number' ||
  (isDict(value) &&
    Object.keys(value).length === 1 &&
    typeof value.$float === 'string' &&
    /^(nan|-?inf|-?\d+(\.\d+)?(e[+-]?\d+)?)$/.test(value.$float));
const isDict = (value: Json): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const EXPECTED: Readonly<
  Record<Parameter['type'], { readonly words: string; readonly fits: (value: Json) => boolean }>
> = {
  int: { words: 'a whole number of at most 53 bits', fits: value => Number.isSafeInteger(value) },
  float: { words: 'a number', fits: isFloat },
  str: { words: 'a text', fits: value => typeof value === 'string' },
  bool: { words: 'true or false', fits: value => typeof value === 'boolean' },
  list: { words: 'a list', fits: value => Array.isArray(value) },
  dict: { words: 'a dict', fits: isDict },
  none: { words: 'anything', fits: () => true }
};
