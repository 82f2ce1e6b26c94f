import { DatabaseSync } from 'node:sqlite';
import type { Condition, Order } from '@cellway/core/api/http';
import fc from 'fast-check';
import { migrations } from './migrations';
import { type Cursor, type RunQuery, runQuery, type Way } from './run-query';
import { localOwner } from './store';

interface Made {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly took: number | null;
  readonly metrics: Readonly<Record<string, number | string>>;
}

const db = new DatabaseSync(':memory:');
for (const migration of migrations) db.exec(migration);
const runs: readonly Made[] = Array.from({ length: 120 }, (_, at) => ({
  id: `r-${String(at).padStart(4, '0')}`,
  name: ['alpha', 'beta', '100%', 'a_b'][at % 4]!,
  state: at % 3 === 0 ? 'failed' : 'succeeded',
  took: at % 5 === 0 ? null : (at * 37) % 11,
  metrics: { ...(at % 2 === 0 ? { auc: (at * 7) % 10 } : {}), ...(at % 7 === 0 ? { loss: 'NaN' } : { loss: at % 4 }) }
}));
for (const { id, name, state, took, metrics } of runs) {
  db.prepare(
    "INSERT INTO runs (id, notebook, name, folder, created, state, took) VALUES (?, '/n', ?, '', 1, ?, ?)"
  ).run(id, name, state, took);
  for (const [metric, value] of Object.entries(metrics))
    db.prepare("INSERT INTO scalars (run, name, step, value, json) VALUES (?, ?, 'a', ?, '')").run(id, metric, value);
}
afterAll(() => db.close());

function holds({ metrics }: Made, { name, operator, value }: Condition): boolean {
  const has = metrics[name];
  if (has === undefined) return false;
  if (operator === '=') return has === value;
  if (operator === '!=') return has !== value;
  if (typeof has !== 'number' || typeof value !== 'number') return false;
  return { '>': has > value, '>=': has >= value, '<': has < value, '<=': has <= value }[operator];
}

type Key = number | string | null;
const keyOf = (run: Made, order: Order): Key | undefined => {
  if (order.by === 'created') return run.id;
  if (order.by === 'metric' || order.by === 'parameter') return run.metrics[order.name];
  return run[order.by];
};
// As SQLite has it: null, numbers, text.
const rank = (key: Key): number => (key === null ? 0 : typeof key === 'number' ? 1 : 2);
const compare = (a: Key, b: Key): number => rank(a) - rank(b) || (a! < b! ? -1 : a! > b! ? 1 : 0);

function expected({ metrics = [], name, states = [] }: RunQuery, order: Order): readonly string[] {
  return runs
    .filter(run => metrics.every(condition => holds(run, condition)))
    .filter(run => name === undefined || run.name.includes(name))
    .filter(run => states.length === 0 || states.includes(run.state))
    .filter(run => keyOf(run, order) !== undefined)
    .sort((a, b) => compare(keyOf(a, order)!, keyOf(b, order)!) || compare(a.id, b.id))
    .map(run => run.id)
    [order.descending ? 'reverse' : 'slice']();
}

function paged(query: RunQuery, way: Way): readonly string[] {
  const ids: string[] = [];
  for (let after: Cursor | undefined; ; ) {
    const { sql, values } = runQuery({ ...query, ...(after ? { after } : {}) }, way);
    const rows = db.prepare(sql).all(...values) as { readonly id: string; readonly sort_key: Key }[];
    ids.push(...rows.map(row => row.id));
    if (rows.length < query.limit) return ids;
    const { id, sort_key: key } = rows.at(-1)!;
    after = { id, key };
  }
}

const condition = fc.record<Condition>({
  name: fc.constantFrom('auc', 'loss', 'none'),
  operator: fc.constantFrom('=', '!=', '>', '>=', '<', '<='),
  value: fc.integer({ min: -1, max: 10 })
});
const order = fc.record({
  by: fc.constantFrom('created', 'name', 'took', 'metric'),
  descending: fc.boolean(),
  name: fc.constantFrom('auc', 'loss')
}) as fc.Arbitrary<Order>;

test('pages of a list hold the runs that meet all conditions, each once and in order, in whatever way they are found', () => {
  fc.assert(
    fc.property(
      fc.record({
        metrics: fc.array(condition, { maxLength: 2 }),
        name: fc.option(fc.constantFrom('a', 'beta', '%', '_', 'nope'), { nil: undefined }),
        states: fc.subarray(['failed', 'succeeded', 'created']),
        limit: fc.integer({ min: 1, max: 40 })
      }),
      order,
      (asked, order) => {
        const query: RunQuery = { ...asked, order, owner: localOwner };
        const ids = expected(query, order);
        expect(paged(query, { kind: 'walk' })).toEqual(ids);
        if (asked.metrics.length > 0 || asked.name !== undefined)
          expect(paged(query, { kind: 'look-up' })).toEqual(ids);
      }
    ),
    { numRuns: 200 }
  );
});

test('a walk that ends at a run gives what comes before it', () => {
  const ids = (descending: boolean) =>
    paged({ owner: localOwner, limit: 500, order: { by: 'created', descending } }, { kind: 'walk', to: 'r-0100' });
  expect(ids(true).at(-1)).toBe('r-0101');
  expect(ids(false).at(-1)).toBe('r-0099');
});
