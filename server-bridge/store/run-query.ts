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

/** Fewer runs than this that meet a condition: they are looked up and sorted. More: the list is walked until a page is full. */
export const FEW = 5000;

/** How many of the newest (or oldest) runs are walked before the page is made by looking up all that meet a condition. */
export const WALK = 10_000;

/** How a page is found. */
export type Way =
  /** Runs that meet the first condition are looked up, then sorted. */
  | { readonly kind: 'look-up' }
  /** The list is walked; `to`: up to this run only. */
  | { readonly kind: 'walk'; readonly to?: string };

type Driver =
  | { readonly kind: 'value'; readonly table: 'scalars' | 'parameters'; readonly condition: Condition }
  | { readonly kind: 'name'; readonly part: string };

/** The condition that may leave few runs. */
function driverOf({ metrics = [], parameters = [], name }: RunQuery): Driver | null {
  if (metrics.length > 0) return { kind: 'value', table: 'scalars', condition: metrics[0]! };
  if (parameters.length > 0) return { kind: 'value', table: 'parameters', condition: parameters[0]! };
  return name === undefined ? null : { kind: 'name', part: name };
}

/** Ids of the runs that meet it, from an index alone. */
function idsOf(driver: Driver, owner: Owner, values: Sql[]): string {
  if (driver.kind === 'value')
    return `SELECT t.run FROM ${driver.table} t WHERE ${meets('t', driver.condition, owner, values)}`;
  values.push(owner.principal, owner.profile, pattern(driver.part));
  return "SELECT t.id FROM runs t INDEXED BY runs_by_name WHERE t.principal = ? AND t.profile = ? AND t.name LIKE ? ESCAPE '\\'";
}

const pattern = (part: string): string => `%${part.replace(/[\\%_]/g, '\\$&')}%`;

/** Counts, up to `FEW + 1`, the runs that meet the first condition; null where there is none. */
export function selectivity(query: RunQuery): Statement | null {
  const driver = driverOf(query);
  if (driver === null) return null;
  const values: Sql[] = [];
  return { sql: `SELECT count(*) AS many FROM (${idsOf(driver, query.owner, values)} LIMIT ${FEW + 1})`, values };
}

/** The run at which a bounded walk ends: its row's `id`. */
export function walkEnd({ owner, order, after }: RunQuery): Statement {
  const descending = order?.descending ?? true;
  const values: Sql[] = [owner.principal, owner.profile];
  if (after) values.push(after.id);
  return {
    sql: `SELECT id FROM runs WHERE principal = ? AND profile = ?${after ? ` AND id ${descending ? '<' : '>'} ?` : ''} ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT 1 OFFSET ${WALK}`,
    values
  };
}

/** A page's rows: those of `runs` and `sort_key`. */
export function runQuery(query: RunQuery, way: Way): Statement {
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
  const driver = driverOf(query);
  if (query.name !== undefined && !(way.kind === 'look-up' && driver?.kind === 'name'))
    add("r.name LIKE ? ESCAPE '\\'", pattern(query.name));
  if (query.since !== undefined) add('r.created >= ?', query.since);
  if (query.until !== undefined) add('r.created < ?', query.until);
  const conditions = [
    ...(query.metrics ?? []).map(condition => ['scalars', condition] as const),
    ...(query.parameters ?? []).map(condition => ['parameters', condition] as const)
  ];
  if (way.kind === 'look-up' && driver !== null) where.push(`r.id IN (${idsOf(driver, owner, values)})`);
  conditions.forEach(([table, condition], at) => {
    if (at > 0 || way.kind === 'walk') {
      // `+` keeps this from driving the search: it meets too many runs to sort them all.
      where.push(`EXISTS (SELECT 1 FROM ${table} t WHERE t.run = +r.id AND ${value('t', condition, values)})`);
    }
  });
  if (way.kind === 'walk' && way.to !== undefined) add(`r.id ${order.descending ? '>' : '<'} ?`, way.to);
  const direction = order.descending ? 'DESC' : 'ASC';
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
  const by = order.by === 'created' ? `r.id ${direction}` : `${key} ${direction}, r.id ${direction}`;
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
