import { FINAL, type RunSummary } from '@cellway/core/api/http';
import type { Link } from '../client/link';
import { agreed } from './agreed';
import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT, Stop } from './exit';
import { pruneAll } from './prune-all';
import { timeOf, whole } from './runs';
import { settingsOf } from './settings';
import { sizeText } from './size-text';

/** `cellway prune`: removes runs that have ended, by age or number; with `--all` everything that is kept. */
export async function prune(args: readonly string[]): Promise<number> {
  const given = readArguments('prune', args, ['older', 'keep', 'all', 'yes', 'data'], 'none');
  const [older, keep] = [given.value('older'), given.value('keep')];
  const sure = given.flags.has('yes');
  if (given.flags.has('all')) return pruneAll((await settingsOf(given)).data, sure);
  const link = await linkOf(given);
  if (older === undefined && keep === undefined)
    throw new Stop(EXIT.badInput, 'Say what goes: --older AGE, --keep N, or --all.', 'See cellway prune --help.');
  const before = older === undefined ? Number.POSITIVE_INFINITY : timeOf(older);
  const runs = await endedRuns(link);
  const gone = runs.slice(keep === undefined ? 0 : whole(keep, '--keep')).filter(run => run.created < before);
  if (gone.length === 0) {
    process.stdout.write('Nothing to remove.\n');
    return EXIT.ok;
  }
  await agreed(sure, `Remove ${gone.length} of ${runs.length} ended runs, with their logs and artifacts?`);
  for (const { id } of gone) await asking(link.call('deleteRun', { params: { run: id }, query: {} }));
  const { collectable } = await asking(link.call('cacheSize', { query: {} }));
  const left =
    collectable.entries === 0
      ? ''
      : ` The cache keeps ${sizeText(collectable.bytes)} that no run shows; cellway cache collect --budget 0 makes room.`;
  process.stdout.write(`Removed ${gone.length} runs. What other runs show of them stays.${left}\n`);
  return EXIT.ok;
}

/** Newest first. */
async function endedRuns(link: Link): Promise<readonly RunSummary[]> {
  const found: RunSummary[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await asking(link.call('listRuns', { query: { state: [...FINAL], limit: 500, cursor } }));
    found.push(...page.items);
    if (page.next === null) return found;
    cursor = page.next;
  }
}
