import type { RunSummary } from '@cellway/core/api/http';
import type { Link } from '../client/link';
import { asking } from './bridge';
import { EXIT, Stop } from './exit';

/** The run that a user names: by its id, the beginning or the last part of it, or `last` for the newest. */
export async function whichRun(link: Link, text: string): Promise<RunSummary> {
  const query = text === 'last' ? { limit: 1 } : { id: text.slice(0, 50), limit: 5 };
  const { items } = await asking(link.call('listRuns', { query }));
  const exact = items.find(run => run.id === text);
  const [only] = items;
  if (exact ?? (only !== undefined && items.length === 1)) return exact ?? only!;
  if (only === undefined)
    throw new Stop(
      EXIT.badInput,
      text === 'last' ? 'There are no runs yet.' : `There is no run '${text.slice(0, 80)}'.`,
      'See cellway runs.'
    );
  throw new Stop(
    EXIT.badInput,
    `'${text}' stands for several runs: ${items.map(run => run.id).join(', ')}.`,
    'Give more of the id.'
  );
}
