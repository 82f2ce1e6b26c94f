import { existsSync } from 'node:fs';
import { paths } from '../runs/folder';
import { readArguments } from './arguments';
import { asking, linkOf } from './bridge';
import { EXIT } from './exit';
import { duration } from './progress';
import { errorLines, metricLines, reasonLines } from './summary';
import { MARKS, table, when } from './table';
import { style } from './terminal';
import { whichRun } from './which-run';

/** `cellway show RUN`: the run with its steps. */
export async function show(args: readonly string[]): Promise<number> {
  const given = readArguments('show', args, ['json', 'data'], { what: 'one run', least: 1, most: 1 });
  const link = await linkOf(given);
  const { id } = await whichRun(link, given.names[0]!);
  const run = await asking(link.call('getRun', { params: { run: id }, query: {} }));
  if (given.flags.has('json')) {
    process.stdout.write(`${JSON.stringify(run)}\n`);
    return EXIT.ok;
  }
  const marks = style(process.stdout);
  const facts: [string, string][] = [
    ['run', run.id],
    ['name', run.name],
    ['state', `${run.state}${run.took === null ? '' : ` in ${duration(run.took)}`}, ${when(run.created)}`],
    ['notebook', run.notebook.path]
  ];
  if (run.experiment !== null) facts.push(['experiment', run.experiment]);
  if (run.origin !== null) facts.push([run.origin.how, `of ${run.origin.run}`]);
  const { git } = run.notebook;
  if (git !== null) facts.push(['commit', `${git.commit.slice(0, 12)}${git.dirty ? ', with changes' : ''}`]);
  const parameters = Object.entries(run.parameters).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  if (parameters.length > 0) facts.push(['parameters', parameters.join('  ')]);
  const executed = paths.notebook(paths.run(link.data, run.id));
  if (existsSync(executed)) facts.push(['executed', executed]);
  process.stdout.write(`${table(facts)}\n`);
  process.stdout.write(
    table(
      run.steps.map(step => [
        MARKS[step.state] ?? '?',
        step.name,
        step.state,
        step.took === null ? '' : step.from === 'run' || step.from === null ? duration(step.took) : `from ${step.from}`,
        step.because ?? step.cache?.why.join('; ') ?? ''
      ])
    )
  );
  const lines: string[] = [];
  for (const step of run.steps) {
    if (step.error !== null) lines.push('', ...errorLines(step.name, step.error, marks));
    if (step.reason !== null) lines.push('', ...reasonLines(step.name, step.reason, marks));
  }
  if (run.reason !== null && run.steps.every(step => step.reason === null))
    lines.push('', ...reasonLines(run.state, run.reason, marks));
  const { items } = await asking(link.call('runMetrics', { params: { run: id }, query: { limit: 500 } }));
  if (items.length > 0) lines.push('', ...metricLines(items, marks));
  process.stdout.write(lines.length === 0 ? '' : `${lines.join('\n').trimEnd()}\n`);
  return EXIT.ok;
}
