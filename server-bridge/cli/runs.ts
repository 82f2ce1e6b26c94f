import { resolve } from 'node:path';
import type { RunSummary } from '@cellway/core/api/http';
import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, Stop } from './exit';
import { duration } from './progress';
import { numberText } from './summary';
import { MARKS, table, when } from './table';
import { fit } from './terminal';

const OPTIONS = [
  ...['state', 'notebook', 'experiment', 'name', 'since', 'parameter', 'metric', 'sort', 'limit', 'all', 'json', 'data']
];
const MOST_METRICS = 3;

/** `cellway runs`: the runs, newest first. */
export async function runs(args: readonly string[]): Promise<number> {
  const given = readArguments('runs', args, OPTIONS, 'none');
  const link = await linkOf(given);
  const limit = whole(given.value('limit') ?? '20', '--limit');
  const [since, notebook] = [given.value('since'), given.value('notebook')];
  const query = {
    state: some(given.values('state')),
    notebook: notebook === undefined ? undefined : resolve(notebook),
    experiment: given.value('experiment'),
    name: given.value('name'),
    since: since === undefined ? undefined : timeOf(since),
    parameter: some(given.values('parameter')),
    metric: some(given.values('metric')),
    sort: given.value('sort')
  };
  const found: RunSummary[] = [];
  let cursor: string | undefined;
  do {
    const size = given.flags.has('all') ? 500 : Math.min(500, limit - found.length);
    const page = await asking(link.call('listRuns', { query: { ...query, limit: size, cursor } }));
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && (given.flags.has('all') || found.length < limit));
  if (given.flags.has('json')) process.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) process.stdout.write('No runs.\n');
  else {
    process.stdout.write(table(found.map(rowOf)));
    if (cursor !== undefined) process.stdout.write('… and more: --limit N, --all, or a filter.\n');
  }
  return EXIT.ok;
}

function rowOf(run: RunSummary): readonly string[] {
  const metrics = Object.entries(run.metrics);
  const shown = metrics.slice(0, MOST_METRICS).map(([name, value]) => `${fit(name, 24)} ${numberText(value)}`);
  return [
    MARKS[run.state] ?? '?',
    run.id,
    fit(run.name, 32),
    fit(run.experiment ?? '', 20),
    when(run.created),
    run.took === null ? run.state : duration(run.took),
    `${shown.join('  ')}${metrics.length > MOST_METRICS ? '  …' : ''}`
  ];
}

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

export function whole(text: string, option: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Stop(EXIT.badInput, `${option} takes a whole number; '${text}' is none.`);
  return Number(text);
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `3d` ago, or a date; seconds since the epoch. */
export function timeOf(text: string, now: number = Date.now() / 1000): number {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * UNITS[ago[2]!]!;
  const date = Date.parse(text);
  if (Number.isNaN(date))
    throw new Stop(EXIT.badInput, `'${text}' is no time.`, 'Give one like 30m, 12h, 3d, 2w or 2026-11-25.');
  return date / 1000;
}
