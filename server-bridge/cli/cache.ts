import { resolve } from 'node:path';
import type { CacheEntry } from '@cellway/core/api/http';
import type { Link } from '../client/link';
import { agreed } from './agreed';
import { type Arguments, readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, Stop } from './exit';
import { whole } from './runs';
import { LEAVES, readWritten } from '../settings';
import { sizeText } from './size-text';
import { table, when } from './table';
import { fit } from './terminal';

type Action = (link: Link, given: Arguments) => Promise<unknown>;

const ENTRIES = { what: 'one entry or more', least: 1, most: 1000 };
const COMMON = ['json', 'data'];

/** `cellway cache ACTION`: looks at cached results, forgets, pins and collects them. */
export async function cache(args: readonly string[]): Promise<number> {
  const [first] = args;
  const name = first === undefined || first.startsWith('-') ? 'list' : first;
  const found = ACTIONS[name];
  if (found === undefined)
    throw new Stop(EXIT.badInput, `There is no 'cache ${name}'.`, `It is one of ${Object.keys(ACTIONS).join(', ')}.`);
  const given = readArguments(
    'cache',
    first === name ? args.slice(1) : args,
    [...COMMON, ...found.options],
    found.positionals
  );
  const answer = await found.act(await linkOf(given), given);
  if (given.flags.has('json')) process.stdout.write(`${JSON.stringify(answer)}\n`);
  return EXIT.ok;
}

const NONE = { what: 'no name', least: 0, most: 0 };

const ACTIONS: Readonly<
  Record<
    string,
    {
      readonly options: readonly string[];
      readonly positionals: { readonly what: string; readonly least: number; readonly most: number };
      readonly act: Action;
    }
  >
> = {
  list: { options: ['notebook', 'step', 'limit', 'all', 'pinned'], positionals: NONE, act: list },
  size: { options: [], positionals: NONE, act: size },
  forget: {
    options: ['notebook', 'step', 'all', 'yes'],
    positionals: { ...ENTRIES, what: 'entries, or what they are of', least: 0 },
    act: forget
  },
  pin: { options: [], positionals: ENTRIES, act: (link, given) => pin(link, given, true) },
  unpin: { options: [], positionals: ENTRIES, act: (link, given) => pin(link, given, false) },
  collect: { options: ['budget', 'age'], positionals: NONE, act: collect }
};

const say = (given: Arguments, text: string): void => {
  if (!given.flags.has('json')) process.stdout.write(text);
};

function filterOf(given: Arguments): { readonly notebook?: string; readonly step?: string } {
  const [notebook, step] = [given.value('notebook'), given.value('step')];
  return {
    ...(notebook === undefined ? {} : { notebook: resolve(notebook) }),
    ...(step === undefined ? {} : { step })
  };
}

async function list(link: Link, given: Arguments): Promise<readonly CacheEntry[]> {
  const all = given.flags.has('all');
  const limit = whole(given.value('limit') ?? '20', '--limit');
  const query = { ...filterOf(given), ...(given.flags.has('pinned') ? { pinned: true } : {}) };
  const found: CacheEntry[] = [];
  let cursor: string | undefined;
  do {
    const size = all ? 500 : Math.min(500, limit - found.length);
    const page = await asking(link.call('listCache', { query: { ...query, limit: size, cursor } }));
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && (all || found.length < limit));
  say(given, found.length === 0 ? 'No cached results.\n' : table(found.map(rowOf)));
  if (cursor !== undefined) say(given, '… and more: --limit N, --all, or a filter.\n');
  return found;
}

function rowOf(entry: CacheEntry): readonly string[] {
  const { id, step, notebook, bytes, created, used, pinned, shown, why } = entry;
  const marks = [pinned ? 'pinned' : '', shown ? 'shown' : '', ...why].filter(text => text !== '');
  return [
    id,
    fit(step, 24),
    sizeText(bytes),
    when(Math.max(created, used ?? 0)),
    fit(notebook.split('/').at(-1)!, 32),
    marks.join(', ')
  ];
}

async function size(link: Link, given: Arguments) {
  const sizes = await asking(link.call('cacheSize', { query: {} }));
  const { all, shown, pinned, collectable, budget, age } = sizes;
  const row = (what: string, { entries, bytes }: typeof all, text = '') => [what, `${entries}`, sizeText(bytes), text];
  const bounds = [
    ...(budget === null ? [] : [`at most ${sizeText(budget)}`]),
    ...(age === null ? [] : [`unused for at most ${age} days`])
  ];
  say(
    given,
    table([
      row('all', all),
      row('shown by runs', shown),
      row('pinned', pinned),
      row('others', collectable, bounds.join(', '))
    ])
  );
  return sizes;
}

async function forget(link: Link, given: Arguments) {
  const filter = filterOf(given);
  const many = Object.keys(filter).length > 0 || given.flags.has('all');
  if (many === given.names.length > 0)
    throw new Stop(
      EXIT.badInput,
      'Say what is to be forgotten: entries by their ids, or --notebook, --step, or --all.',
      'See cellway cache --help.'
    );
  if (many) {
    const what = given.flags.has('all') && Object.keys(filter).length === 0 ? 'all cached results' : 'these results';
    await agreed(given.flags.has('yes'), `Forget ${what}, but for pinned ones?`);
    const body = Object.keys(filter).length > 0 ? filter : { all: true as const };
    const forgotten = await asking(link.call('forgetCache', { query: {}, body }));
    say(given, `Forgot ${forgotten.entries} results; ${sizeText(forgotten.freed)} are free now.\n`);
    return forgotten;
  }
  for (const entry of given.names) await asking(link.call('deleteCacheEntry', { params: { entry }, query: {} }));
  say(given, `Forgot ${given.names.length} results.\n`);
  return given.names;
}

async function pin(link: Link, given: Arguments, pinned: boolean): Promise<readonly CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const entry of given.names)
    entries.push(await asking(link.call('updateCacheEntry', { params: { entry }, query: {}, body: { pinned } })));
  say(given, table(entries.map(rowOf)));
  return entries;
}

/** What the settings of that name take, as an option; null: no bound. */
function amount(name: 'budget' | 'age', text: string): number | null {
  const reading = readWritten(LEAVES.get(`cache.${name}`)!, text);
  if ('expected' in reading) throw new Stop(EXIT.badInput, `--${name} takes ${reading.expected}; '${text}' is none.`);
  return reading.value as number | null;
}

async function collect(link: Link, given: Arguments) {
  const [budget, age] = [given.value('budget'), given.value('age')];
  const collected = await asking(
    link.call('collectCache', {
      query: {},
      body: {
        ...(budget === undefined ? {} : { budget: amount('budget', budget) }),
        ...(age === undefined ? {} : { age: amount('age', age) })
      }
    })
  );
  const { removed, kept } = collected;
  say(
    given,
    `Removed ${removed.entries} results, ${sizeText(removed.bytes)}; ${kept.entries} that no run shows stay, ${sizeText(kept.bytes)}.\n`
  );
  return collected;
}
