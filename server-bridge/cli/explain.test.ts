import type { PlannedStep } from '@cellway/core/api/http';
import { planText } from './explain';

const step = (name: string, more: Partial<PlannedStep>): PlannedStep => ({
  ...{ name, id: name, kind: 'step', state: 'pending', from: 'run', waits: [], cache: null, because: null, last: null },
  ...more
});
const why = (...texts: string[]) => ({ hit: false, why: texts });

test('each step has what becomes of it, how long it took last time, and why', () => {
  const text = planText({
    steps: [
      step('load', { state: 'succeeded', from: 'cache', cache: { hit: true, why: ['nothing changed'] } }),
      step('clean', { cache: why('cell 7 line 3 changed'), last: { run: 'r-1', created: 0, took: 12 } }),
      step('fit', { state: 'waiting', waits: ['clean'], cache: why('pandas 3.1.0 → 3.1.1') }),
      step('plot', { state: 'waiting', from: null, waits: ['clean'], because: 'depends on: clean runs first' }),
      step('save', { state: 'skipped', from: null, because: 'not selected' })
    ]
  });
  expect(text).toBe(
    [
      '✓  load   from the cache          nothing changed',
      '◌  clean  runs            12.0 s  cell 7 line 3 changed',
      '◌  fit    runs                    pandas 3.1.0 → 3.1.1; after clean',
      '◌  plot   depends                 depends on: clean runs first',
      '·  save   skipped                 not selected',
      '5 steps: 2 run, 1 depends, 1 from the cache, 1 skipped. Times are those of the last time that each ran.',
      ''
    ].join('\n')
  );
});
