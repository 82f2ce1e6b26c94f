import type { PlannedStep, RunPlan } from '@cellway/core/api/http';
import { duration } from './progress';
import { MARKS, table } from './table';

/** What a run would do, a line a step, and a count at the end. */
export function planText({ steps }: RunPlan): string {
  return `${table(steps.map(rowOf))}${countsOf(steps)}\n`;
}

function rowOf(step: PlannedStep): readonly string[] {
  const { state, name, last } = step;
  return [MARKS[state] ?? '?', name, fate(step), last === null ? '' : duration(last.took), whyOf(step)];
}

function fate({ state, from }: PlannedStep): string {
  if (state === 'skipped') return 'skipped';
  switch (from) {
    case null:
      return 'depends';
    case 'run':
      return 'runs';
    case 'cache':
      return 'from the cache';
    case 'earlier-run':
      return 'from an earlier run';
  }
}

function whyOf({ from, waits, cache, because }: PlannedStep): string {
  if (because !== null) return because;
  const after = from === 'run' && waits.length > 0 ? `after ${waits.join(', ')}` : '';
  return [cache?.why.join('; ') ?? '', after].filter(text => text !== '').join('; ');
}

/** `3 steps: 1 runs, 2 from the cache. Times are of when each last ran.` */
function countsOf(steps: readonly PlannedStep[]): string {
  const fates = ['runs', 'depends', 'from the cache', 'from an earlier run', 'skipped'];
  const counts = fates
    .map(text => ({ text, many: steps.filter(step => fate(step) === text).length }))
    .filter(({ many }) => many > 0)
    .map(({ text, many }) => `${many} ${many > 1 ? text.replace(/^(run|depend)s$/, '$1') : text}`);
  const timed = steps.some(({ last }) => last !== null) ? ' Times are those of the last time that each ran.' : '';
  return `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}: ${counts.join(', ')}.${timed}`;
}
