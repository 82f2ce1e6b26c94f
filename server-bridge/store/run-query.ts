/** Lists of runs as SQL: conditions, order, and a cursor that goes on where a page ended. Pure. */
import type { Condition, Order } from '@cellway/core/api/http';
import type { Owner } from './store';

export interface RunQuery {
  readonly owner: Owner;
  readonly limit: number;
  /** The beginning of the id, with or without `r-`, or its last part. */
  readonly id?: string;
  readonly states?: readonly string[];
  readonly notebook?: string;
  readonly experiment?: string;
  /** A part of the name, whatever the case. */
  readonly name?: string;
  /** Seconds since the epoch. */
  readonly since?: number;
  readonly until?: number;
  readonly parameters?: readonly Condition[];
  readonly metrics?: readonly Condition[];
  readonly order?: Order;
  /** Last row of the page before. */
  readonly after?: Cursor;
}

/** Key by which the list is sorted, and the id that decides between equal ones. */
export interface Cursor {
  readonly key: number | string | null;
  readonly id: string;
}

export type Sql = string | number | null;

export interface Statement {
  readonly sql: string;
  readonly values: readonly Sql[];
}

/** Fewer runs than this with a metric: they are looked up and sorted. More: the list is walked until a page is full. */
export const FEW = 2000;

/** Counts, up to `FEW + 1`, the runs that meet the first condition on a metric; null where there is none. */
export function selectivity({ owner, metrics = [], parameters = [] }: RunQuery): Statement | null {
  const [table, condition] = metrics.length > 0 ? ['scalars', metrics[0]!] : ['parameters', parameters[0]];
  if (condition === undefined) return null;
  const values: Sql[] = [];
  const where = meets('t', condition, owner, values);
  return { sql: `SELECT count(*) AS many FROM (SELECT 1 FROM ${table} t WHERE ${where} LIMIT ${FEW + 1})`, values };
}

/** A page's rows: those of `runs` and `sort_key`. `many`: what `selectivity` counted. */
export function runQuery(query: RunQuery, many: number | null): Statement {
  const { owner, order = { by: 'created', descending: true } } = query;
  const values: Sql[] = [];
  const join: string[] = [];
  let key = 'r.id';
  switch (order.by) {
    case 'created':
      break;
    case 'name':
    case 'took':
      key = `r.${order.by}`;
      break;
    default:
      // CROSS JOIN keeps the order of the tables: runs come in the order of the value's index.
      join.push(`${order.by === 'metric' ? 'scalars' : 'parameters'} s CROSS JOIN`);
      key = 's.value';
  }
  const sorted = join.length > 0;
  const where: string[] = [];
  const add = (sql: string, ...more: readonly Sql[]): void => {
    where.push(sql);
    values.push(...more);
  };
  if (sorted && 'name' in order) {
    add('s.principal = ? AND s.profile = ? AND s.name = ?', owner.principal, owner.profile, order.name);
    add('r.id = s.run');
  }
  add('r.principal = ? AND r.profile = ?', owner.principal, owner.profile);
  if (query.id !== undefined) {
    const begin = query.id.startsWith('r-') ? query.id : `r-${query.id}`;
    // `{` comes after all that ids are made of.
    if (/^[0-9a-z-]*$/.test(query.id))
      add("(r.id >= ? AND r.id < ? OR r.id LIKE '%-' || ?)", begin, `${begin}{`, query.id);
    else add('0');
  }
  if (query.states && query.states.length > 0)
    add(`r.state IN (${query.states.map(() => '?').join(', ')})`, ...query.states);
  if (query.notebook !== undefined) add('r.notebook = ?', query.notebook);
  if (query.experiment !== undefined) add('r.experiment = ?', query.experiment);
  if (query.name !== undefined) add("r.name LIKE ? ESCAPE '\\'", `%${query.name.replace(/[\\%_]/g, '\\$&')}%`);
  if (query.since !== undefined) add('r.created >= ?', query.since);
  if (query.until !== undefined) add('r.created < ?', query.until);
  const conditions = [
    ...(query.metrics ?? []).map(condition => ['scalars', condition] as const),
    ...(query.parameters ?? []).map(condition => ['parameters', condition] as const)
  ];
  conditions.forEach(([table, condition], at) => {
    if (at === 0 && many !== null && many <= FEW) {
      where.push(`r.id IN (SELECT t.run FROM ${table} t WHERE ${meets('t', condition, owner, values)})`);
    } else {
      // `+` keeps this from driving the search: it meets too many runs to sort them all.
      where.push(`EXISTS (SELECT 1 FROM ${table} t WHERE t.run = +r.id AND ${value('t', condition, values)})`);
    }
  });
  const way = order.descending ? 'DESC' : 'ASC';
  if (query.after) {
    const past = order.descending ? '<' : '>';
    if (order.by === 'created') add(`r.id ${past} ?`, query.after.id);
    else if (query.after.key === null) {
      // SQLite sorts null before all else.
      if (order.descending) add(`(${key} IS NULL AND r.id < ?)`, query.after.id);
      else add(`(${key} IS NOT NULL OR r.id > ?)`, query.after.id);
    } else {
      const more = `(${key}, r.id) ${past} (?, ?)`;
      add(order.descending ? `(${more} OR ${key} IS NULL)` : more, query.after.key, query.after.id);
    }
  }
  const by = order.by === 'created' ? `r.id ${way}` : `${key} ${way}, r.id ${way}`;
  return {
    sql: `SELECT r.*, ${key} AS sort_key FROM ${join.join(' ')} runs r WHERE ${where.join(' AND ')} ORDER BY ${by} LIMIT ?`,
    values: [...values, query.limit]
  };
}

function value(table: string, { name, operator, value }: Condition, values: Sql[]): string {
  values.push(name, value);
  // Numbers sort before text in SQLite: what is not a number must not count as larger than all numbers.
  const kind =
    typeof value === 'number' && operator !== '!=' ? ` AND typeof(${table}.value) IN ('integer', 'real')` : '';
  return `${table}.name = ? AND ${table}.value ${operator} ?${kind}`;
}

function meets(table: string, condition: Condition, owner: Owner, values: Sql[]): string {
  values.push(owner.principal, owner.profile);
  return `${table}.principal = ? AND ${table}.profile = ? AND ${value(table, condition, values)}`;
}
