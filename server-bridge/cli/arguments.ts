import { type ParseArgsConfig, parseArgs } from 'node:util';
import { likely } from '@cellway/core/notebook';
import { EXIT, Stop } from './exit';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  readonly notebook: string;
  /** What is named without an option. */
  readonly names: readonly string[];
  /** All values of an option that can be repeated. */
  readonly values: (name: string) => readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly value: (name: string) => string | undefined;
  readonly pairs: readonly (readonly [name: string, text: string])[];
}

const ALL: Options = {
  json: { type: 'boolean' },
  store: { type: 'boolean' },
  'each-cell': { type: 'boolean' },
  'no-cache': { type: 'boolean' },
  only: { type: 'string' },
  from: { type: 'string' },
  data: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  socket: { type: 'string' },
  idle: { type: 'string' },
  'log-level': { type: 'string' },
  'on-demand': { type: 'boolean' },
  stop: { type: 'boolean' },
  ensure: { type: 'boolean' },
  parallel: { type: 'string' },
  memory: { type: 'string' },
  schema: { type: 'boolean' },
  detach: { type: 'boolean' },
  explain: { type: 'boolean' },
  name: { type: 'string' },
  experiment: { type: 'string' },
  parameter: { type: 'string', short: 'p', multiple: true },
  state: { type: 'string', multiple: true },
  metric: { type: 'string', multiple: true },
  notebook: { type: 'string' },
  since: { type: 'string' },
  sort: { type: 'string' },
  limit: { type: 'string' },
  step: { type: 'string' },
  pinned: { type: 'boolean' },
  budget: { type: 'string' },
  age: { type: 'string' },
  all: { type: 'boolean' },
  follow: { type: 'boolean', short: 'f' },
  tail: { type: 'string' },
  attempt: { type: 'string' },
  output: { type: 'string', short: 'o' },
  member: { type: 'string' },
  older: { type: 'string' },
  keep: { type: 'string' },
  yes: { type: 'boolean', short: 'y' }
};

/** What a command takes besides its options: how many, and what that is called. */
export interface Positionals {
  readonly what: string;
  readonly least: number;
  readonly most: number;
}

const KNOWN: Readonly<Record<'notebook' | 'none', Positionals>> = {
  notebook: { what: 'one notebook', least: 1, most: 1 },
  none: { what: 'no file', least: 0, most: 0 }
};

/** Reads a command's arguments: options by name, one notebook where `positional` says so. Ends with usage when wrong. */
export function readArguments(
  command: string,
  args: readonly string[],
  names: readonly string[],
  positional: 'notebook' | 'none' | Positionals
): Arguments {
  const options = Object.fromEntries(names.map(name => [name, ALL[name]!]));
  const usage = `See cellway ${command} --help.`;
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string };
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) {
      throw error;
    }
    const option = /'(-[^\s'=]*)/.exec(message)?.[1] ?? '';
    const near = likely(option.replace(/^-+/, ''), names);
    const [what] = message.split('. ');
    throw new Stop(EXIT.badInput, `${what!.replace(/\.$/, '')}.`, near === null ? usage : `Did you mean --${near}?`);
  }
  const { what, least, most } = typeof positional === 'string' ? KNOWN[positional] : positional;
  const count = parsed.positionals.length;
  if (count < least || count > most) throw new Stop(EXIT.badInput, `'${command}' takes ${what}.`, usage);
  const values = parsed.values as Readonly<Record<string, string | boolean | string[] | undefined>>;
  const given = values.parameter;
  return {
    notebook: parsed.positionals[0] ?? '',
    names: parsed.positionals,
    values: name => (Array.isArray(values[name]) ? (values[name] as string[]) : []),
    flags: new Set(names.filter(name => values[name] === true)),
    value: name => (typeof values[name] === 'string' ? (values[name] as string) : undefined),
    get pairs() {
      return (Array.isArray(given) ? given : []).map(pair);
    }
  };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new Stop(EXIT.badInput, `-p takes NAME=VALUE; '${text.slice(0, 80)}' has no '='.`);
  }
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
