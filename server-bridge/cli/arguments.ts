import { type ParseArgsConfig, parseArgs } from 'node:util';
import { likely } from '@cellway/core/notebook';
import { EXIT, Stop } from './exit';

type Options = NonNullable<ParseArgsConfig['options']>;

export interface Arguments {
  readonly notebook: string;
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
  detach: { type: 'boolean' },
  name: { type: 'string' },
  experiment: { type: 'string' },
  parameter: { type: 'string', short: 'p', multiple: true }
};

/** Reads a command's arguments: options by name, one notebook where `positional` says so. Ends with usage when wrong. */
export function readArguments(
  command: string,
  args: readonly string[],
  names: readonly string[],
  positional: 'notebook' | 'none'
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
  const expected = positional === 'notebook' ? 1 : 0;
  if (parsed.positionals.length !== expected) {
    const what = expected === 0 ? `'${command}' takes no file.` : `'${command}' takes one notebook.`;
    throw new Stop(EXIT.badInput, what, usage);
  }
  const values = parsed.values as Readonly<Record<string, string | boolean | string[] | undefined>>;
  const given = values.parameter;
  return {
    notebook: parsed.positionals[0] ?? '',
    flags: new Set(names.filter(name => values[name] === true)),
    value: name => (typeof values[name] === 'string' ? (values[name] as string) : undefined),
    pairs: (Array.isArray(given) ? given : []).map(pair)
  };
}

function pair(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new Stop(EXIT.badInput, `-p takes NAME=VALUE; '${text.slice(0, 80)}' has no '='.`);
  }
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}
