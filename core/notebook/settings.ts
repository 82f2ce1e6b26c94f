import type { Diagnostic, Range, StepSettings } from '../api';
import { likely } from './likely';

type Draft = { -readonly [K in keyof StepSettings]: StepSettings[K] };
type Check = (value: unknown) => Partial<Draft> | string;

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50
};

const TIMES: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Bytes of a Kubernetes quantity (`2Gi`, `500M`) or a number; null when it is none. */
export function bytesOf(value: unknown): number | null {
  return scaled(value, UNITS);
}

/** CPUs of a Kubernetes quantity (`500m`, `2`) or a number; null when it is none. */
export function cpusOf(value: unknown): number | null {
  return scaled(value, { '': 1, m: 0.001 });
}

function scaled(value: unknown, units: Readonly<Record<string, number>>): number | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) && value > 0 ? value : null;
  }
  const parts = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(value) : null;
  if (parts === null || !Object.hasOwn(units, parts[2]!)) {
    return null;
  }
  const amount = Number(parts[1]) * units[parts[2]!]!;
  return amount > 0 ? amount : null;
}

function whole(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

const FIELDS: Readonly<Record<string, Check>> = {
  description: value => (typeof value === 'string' ? { description: value } : 'a string'),
  image: value =>
    typeof value === 'string' && /^[^\s]+$/.test(value) ? { image: value } : 'the name of a container image',
  cpu: value => amount(cpusOf(value), cpu => ({ cpu }), "a number of CPUs, as 2 or '500m'"),
  memory: value => amount(bytesOf(value), memory => ({ memory }), "an amount of memory, as '2Gi' or a number of bytes"),
  gpu: value => amount(whole(value), gpu => ({ gpu }), 'a whole number of GPUs'),
  retry: value => amount(whole(value), retry => ({ retry }), 'a whole number of further tries'),
  timeout: value => amount(scaled(value, TIMES), timeout => ({ timeout }), "a duration, as 90 (seconds) or '30m'"),
  cache: value => (typeof value === 'boolean' ? { cache: value } : 'true or false'),
  env: environment,
  secrets
};

function amount(
  value: number | null,
  as: (value: number) => Partial<Draft>,
  expected: string
): Partial<Draft> | string {
  return value === null ? expected : as(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

function environment(value: unknown): Partial<Draft> | string {
  const good = isObject(value) && Object.entries(value).every(([k, v]) => VARIABLE.test(k) && typeof v === 'string');
  return good ? { env: value as Readonly<Record<string, string>> } : 'an object of strings, keyed by variable names';
}

function secrets(value: unknown): Partial<Draft> | string {
  const expected = 'a list of {env, secret, key}';
  if (!Array.isArray(value)) {
    return expected;
  }
  const rows = value.map(row => secretOf(row));
  return rows.every(row => row !== null) ? { secrets: rows } : expected;
}

function secretOf(row: unknown): { env: string; secret: string; key: string } | null {
  if (!isObject(row)) {
    return null;
  }
  const { env, secret, key } = row;
  const named = typeof env === 'string' && typeof secret === 'string' && typeof key === 'string';
  return named && VARIABLE.test(env) && secret !== '' && key !== '' ? { env, secret, key } : null;
}

/** `metadata.cellway` of a step's first cell, field by field: what is wrong is told and left out. */
export function readSettings(value: unknown, range: Range): { settings: StepSettings; diagnostics: Diagnostic[] } {
  const settings: Draft = {};
  const diagnostics: Diagnostic[] = [];
  if (value === null || value === undefined) {
    return { settings, diagnostics };
  }
  if (!isObject(value)) {
    diagnostics.push(wrongType('metadata.cellway', 'an object', range));
    return { settings, diagnostics };
  }
  const take = (fields: Readonly<Record<string, unknown>>, path: string): void => {
    for (const [name, given] of Object.entries(fields)) {
      if (name === 'resources' && isObject(given)) {
        take(given, `${path}.resources`);
      } else if (name === 'resources') {
        diagnostics.push(wrongType(`${path}.resources`, 'an object', range));
      } else if (Object.hasOwn(FIELDS, name)) {
        const checked = FIELDS[name]!(given);
        if (typeof checked === 'string') {
          diagnostics.push(wrongType(`${path}.${name}`, checked, range));
        } else {
          Object.assign(settings, checked);
        }
      } else if (name !== 'volumes') {
        diagnostics.push(unknownField(name, path, range));
      } else {
        diagnostics.push({
          code: 'setting-unsupported',
          severity: 'info',
          message: `Cell ${range.cell}: ${path}.volumes has no effect on local runs.`,
          range
        });
      }
    }
  };
  take(value, 'metadata.cellway');
  return { settings, diagnostics };
}

function wrongType(field: string, expected: string, range: Range): Diagnostic {
  return {
    code: 'setting-type',
    severity: 'error',
    message: `Cell ${range.cell}: ${field} is not ${expected}.`,
    range,
    fix: { title: `Set ${field} to ${expected}, or remove it` }
  };
}

function unknownField(name: string, path: string, range: Range): Diagnostic {
  const near = likely(name, [...Object.keys(FIELDS), 'resources', 'volumes']);
  return {
    code: 'setting-unknown',
    severity: 'warning',
    message: `Cell ${range.cell}: ${path}.${name.slice(0, 60)} is not a setting; it has no effect.`,
    range,
    ...(near === null ? {} : { fix: { title: `Did you mean ${path}.${near}?` } })
  };
}
