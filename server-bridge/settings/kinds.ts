/** Kinds of values that settings have: how each is written, read and shown. */

export type Kind = 'path' | 'text' | 'whole' | 'bytes' | 'seconds' | 'days' | 'switch' | 'word';

/** What a person may write, in a file or as text. */
export type Written = string | number | boolean;

/** The schema of one setting: JSON Schema of what may be written for it in the file, and what we need besides. */
export interface Leaf {
  readonly description: string;
  readonly kind: Kind;
  /** Absent: it depends on the machine. */
  readonly default?: Written;
  /** The word for "no such thing": its value is null. */
  readonly none?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** The option of commands that stands for it. */
  readonly flag?: string;
}

declare const VALUE: unique symbol;

/** A setting whose value is a `T` once it is read. The symbol is for the compiler; nothing has it. */
export type Setting<T> = Leaf & { readonly [VALUE]: T };

const SIZES: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 },
  ...{ KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }
};
const TIMES: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, days: 86_400, weeks: 604_800 };
const DAYS: Readonly<Record<string, number>> = { days: 1, weeks: 7 };

/** Other ways to write the units above, in lower case. */
const ALSO: Readonly<Record<string, string>> = {
  ...{ k: 'kB', m: 'MB', g: 'GB', t: 'TB', ki: 'KiB', mi: 'MiB', gi: 'GiB', ti: 'TiB' },
  ...{ sec: 's', second: 's', seconds: 's', minute: 'min', minutes: 'min', hour: 'h', hours: 'h' },
  ...{ d: 'days', day: 'days', w: 'weeks', week: 'weeks' }
};
const ALSO_OF_TIMES: Readonly<Record<string, string>> = { ...ALSO, m: 'min' };

const NUMBER = String.raw`\d+(\.\d+)?`;
const AMOUNT = `^\\s*${NUMBER}\\s*[A-Za-z]*\\s*$`;

type Options<T> = Omit<Leaf, 'kind'> & (T extends null ? { readonly none: string } : unknown);

function leaf<T>(
  kind: Kind,
  types: readonly string[],
  pattern: string | null,
  options: Omit<Leaf, 'kind'>
): Setting<T> {
  const { none } = options;
  const schema = {
    type: types.length === 1 ? types[0] : types,
    ...(pattern === null ? {} : { pattern: none === undefined ? pattern : `${pattern}|^${none}$` }),
    kind,
    ...options
  };
  return schema as Leaf as Setting<T>;
}

export const path = <T extends string | null = string>(options: Options<T>) =>
  leaf<T>('path', ['string'], null, options);
export const text = (options: Options<string>) => leaf<string>('text', ['string'], null, options);
export const whole = <T extends number | null = number>(options: Options<T>) =>
  options.none === undefined
    ? leaf<T>('whole', ['integer'], null, options)
    : leaf<T>('whole', ['integer', 'string'], String.raw`^\d+$`, options);
/** Bytes; `20 GB` as text. */
export const bytes = <T extends number | null = number>(options: Options<T>) =>
  leaf<T>('bytes', ['integer', 'string'], AMOUNT, options);
/** Seconds; `10 min` as text. */
export const seconds = <T extends number | null = number>(options: Options<T>) =>
  leaf<T>('seconds', ['number', 'string'], AMOUNT, options);
/** Days; `12 weeks` as text. */
export const days = <T extends number | null = number>(options: Options<T>) =>
  leaf<T>('days', ['number', 'string'], AMOUNT, options);
export const onOff = (options: Options<boolean>) => leaf<boolean>('switch', ['boolean'], null, options);
export const word = <const W extends readonly string[]>(choices: W, options: Options<string>) =>
  leaf<W[number]>('word', ['string'], null, { ...options, enum: choices });

/** A value, or what it should have been: `a size, as 20 GB`. */
export type Reading = { readonly value: string | number | boolean | null } | { readonly expected: string };

/** Reads what was written for a setting; paths are left as they are. */
export function readWritten(leaf: Leaf, written: unknown): Reading {
  const expected = { expected: expectation(leaf) };
  if (typeof written === 'string' && leaf.none !== undefined && written.trim().toLowerCase() === leaf.none)
    return { value: null };
  switch (leaf.kind) {
    case 'path':
    case 'text':
      return typeof written === 'string' && written.trim() !== '' && !written.includes('\0')
        ? { value: written.trim() }
        : expected;
    case 'word':
      return leaf.enum!.includes(String(written)) ? { value: String(written) } : expected;
    case 'switch': {
      const value = typeof written === 'string' ? SWITCHES.get(written.trim().toLowerCase()) : written;
      return typeof value === 'boolean' ? { value } : expected;
    }
    case 'whole':
      return within(leaf, amountOf(written, {}, {}), true) ?? expected;
    case 'bytes':
      return within(leaf, amountOf(written, SIZES, ALSO), false) ?? expected;
    case 'seconds':
      return within(leaf, amountOf(written, TIMES, ALSO_OF_TIMES), false) ?? expected;
    case 'days':
      return within(leaf, amountOf(written, DAYS, ALSO_OF_TIMES), false) ?? expected;
  }
}

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map(word => [word, true] as const),
  ...['false', 'no', 'off', '0'].map(word => [word, false] as const)
]);

/** A number, or a text of a number with a unit; null when it is none. */
function amountOf(
  written: unknown,
  units: Readonly<Record<string, number>>,
  also: Readonly<Record<string, string>>
): number | null {
  if (typeof written === 'number') return written;
  const parts = typeof written === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(written) : null;
  if (parts === null) return null;
  const unit = parts[2]!.toLowerCase();
  if (unit === '') return Number(parts[1]);
  const known = Object.keys(units).find(name => name.toLowerCase() === unit) ?? also[unit];
  return known === undefined || units[known] === undefined ? null : Number(parts[1]) * units[known];
}

function within({ kind, minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Leaf, amount: number | null, exact: boolean) {
  if (amount === null || !Number.isFinite(amount) || amount < minimum || amount > maximum) return null;
  if (exact && !Number.isInteger(amount)) return null;
  return { value: kind === 'bytes' ? Math.round(amount) : amount };
}

function expectation(leaf: Leaf): string {
  const { kind, minimum, maximum, none } = leaf;
  const least = minimum === undefined || minimum === 0 ? '' : `at least ${shown(leaf, minimum)}`;
  const most = maximum === undefined ? '' : `at most ${shown(leaf, maximum)}`;
  const range = [least, most].filter(part => part !== '').join(' and ');
  const what: Readonly<Record<Kind, string>> = {
    path: 'a path',
    text: 'a text',
    whole: 'a whole number',
    bytes: 'a size, as 500 MB or 20 GB',
    seconds: 'a time, as 90 s or 10 min',
    days: 'a number of days, as 30 or 12 weeks',
    switch: 'true or false',
    word: `one of ${leaf.enum?.join(', ')}`
  };
  return `${what[kind]}${range === '' ? '' : `, ${range}`}${none === undefined ? '' : `, or '${none}'`}`;
}

/** A value as a person would write it. */
export function shown(leaf: Leaf, value: unknown): string {
  if (value === null) return leaf.none ?? '';
  switch (leaf.kind) {
    case 'bytes':
      return inUnits(Number(value), SIZES, 'B');
    case 'seconds':
      return inUnits(Number(value), TIMES, 's');
    case 'days':
      return `${value} days`;
    default:
      return String(value);
  }
}

/** In the largest unit in which it is a whole number. */
function inUnits(value: number, units: Readonly<Record<string, number>>, least: string): string {
  const whole = Object.entries(units).filter(([, size]) => value >= size && Number.isInteger(value / size));
  const [unit, size] = whole.sort(([, a], [, b]) => b - a)[0] ?? [least, 1];
  return `${value / size} ${unit}`;
}
