import { parseArgs } from 'node:util';
import { asking, linkTo } from './bridge';
import { EXIT } from './exit';

/** `cellway runs`: the runs, newest first. */
export async function runs(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { data: { type: 'string' }, json: { type: 'boolean' } } });
  const link = linkTo(values.data);
  const page = await asking(link.call('listRuns', { query: {} }));
  process.stdout.write(
    values.json
      ? `${JSON.stringify(page.items)}\n`
      : page.items.map(run => `${run.id}  ${run.state}  ${run.name}\n`).join('')
  );
  return EXIT.ok;
}
