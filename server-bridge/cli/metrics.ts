import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT } from './exit';
import { numberText } from './summary';
import { table } from './table';
import { whichRun } from './which-run';

/** `cellway metrics RUN [NAME]`: the last values, or all of one metric. */
export async function metrics(args: readonly string[]): Promise<number> {
  const given = readArguments('metrics', args, ['json', 'data'], {
    what: 'a run, and a metric where all of its values are wanted',
    least: 1,
    most: 2
  });
  const link = await linkOf(given);
  const { id } = await whichRun(link, given.names[0]!);
  const json = given.flags.has('json');
  const metric = given.names[1];
  if (metric === undefined) {
    const { items } = await asking(link.call('runMetrics', { params: { run: id }, query: { limit: 500 } }));
    const rows = items.map(one => [one.name, numberText(one.value), one.step]);
    process.stdout.write(json ? `${JSON.stringify(items)}\n` : items.length === 0 ? 'No metrics.\n' : table(rows));
    return EXIT.ok;
  }
  for (let cursor: string | undefined; ; ) {
    const page = await asking(
      link.call('metricSeries', { params: { run: id, metric }, query: { limit: 10_000, cursor } })
    );
    const rows = page.items.map(one => [String(one.iteration ?? ''), numberText(one.value), one.step]);
    process.stdout.write(json ? page.items.map(one => `${JSON.stringify(one)}\n`).join('') : table(rows));
    if (page.next === null) return EXIT.ok;
    cursor = page.next;
  }
}
