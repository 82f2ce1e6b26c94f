import type { StatementSync } from 'node:sqlite';
import type { CacheEntry, CacheFilter, CacheRow, CacheTable, EntryFate } from './cache';
import { STORE_VERSION } from './migrations';
import type { Cursor } from './run-query';
import type { Owner } from './store';

type Row = Record<string, unknown>;

/** A newer Cellway has not taken the file over meanwhile. */
export const OURS = `(SELECT user_version FROM pragma_user_version) <= ${STORE_VERSION}`;

const SHOWN = 'EXISTS (SELECT 1 FROM attempts a WHERE a.folder = c.folder)';
const PINNED = 'EXISTS (SELECT 1 FROM pins p WHERE p.execution = c.execution)';
const ROW = `SELECT c.*, ${PINNED} AS pinned, ${SHOWN} AS shown FROM cache c`;

const FATE = `SELECT c.execution, c.folder, c.bytes, c.created, c.used, ${PINNED} AS pinned FROM cache c`;

function fate(row: Row): EntryFate {
  return { ...(row as unknown as EntryFate), pinned: row.pinned === 1 };
}

function entry(row: Row): CacheEntry {
  const { components, checks, why, reusable, bytes, used: _, ...rest } = row;
  return {
    ...rest,
    components: JSON.parse(String(components)),
    checks: JSON.parse(String(checks)),
    why: JSON.parse(String(why)),
    reusable: reusable === 1,
    bytes: Number(bytes)
  } as unknown as CacheEntry;
}

function whole(row: Row): CacheRow {
  const { pinned, shown, ...rest } = row;
  return { ...entry(rest), used: row.used as number | null, pinned: pinned === 1, shown: shown === 1 };
}

function where(filter: CacheFilter): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const { owner, execution, notebook, step, pinned, shown } = filter;
  const conditions: [string, ...(string | number)[]][] = [
    ['c.principal = ? AND c.profile = ?', owner.principal, owner.profile]
  ];
  if (execution !== undefined) conditions.push(['c.execution = ?', execution]);
  if (notebook !== undefined) conditions.push(['c.notebook = ?', notebook]);
  if (step !== undefined) conditions.push(['c.step = ?', step]);
  if (pinned !== undefined) conditions.push([`${pinned ? '' : 'NOT '}${PINNED}`]);
  if (shown !== undefined) conditions.push([`${shown ? '' : 'NOT '}${SHOWN}`]);
  return {
    sql: conditions.map(([text]) => text).join(' AND '),
    values: conditions.flatMap(([, ...values]) => values)
  };
}

/** The cache's part of the SQLite store. */
export class SqliteCache implements CacheTable {
  constructor(
    private readonly prepare: (sql: string) => StatementSync,
    private readonly transaction: (body: () => void) => void
  ) {}

  #entries(sql: string, ...values: (string | number)[]): readonly CacheEntry[] {
    return this.prepare(`SELECT * FROM cache WHERE ${sql}`)
      .all(...values)
      .map(row => entry(row as Row));
  }

  add(added: CacheEntry): void {
    const { execution, key, principal, profile, notebook, step, code, folder, created, bytes } = added;
    this.transaction(
      () =>
        void this.prepare(
          'INSERT OR REPLACE INTO cache (execution, key, principal, profile, notebook, step, code, components, checks, reusable, why, folder, created, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
        ).run(
          ...[execution, key, principal, profile, notebook, step, code],
          ...[JSON.stringify(added.components), JSON.stringify(added.checks), added.reusable ? 1 : 0],
          ...[JSON.stringify(added.why), folder, created, bytes]
        )
    );
  }

  ofKey(owner: Owner, key: string): readonly CacheEntry[] {
    const sql = 'principal = ? AND profile = ? AND key = ? ORDER BY created DESC';
    return this.#entries(sql, owner.principal, owner.profile, key);
  }

  ofStep(owner: Owner, notebook: string, step: string, limit: number): readonly CacheEntry[] {
    const sql = 'principal = ? AND profile = ? AND notebook = ? AND step = ? ORDER BY created DESC LIMIT ?';
    return this.#entries(sql, owner.principal, owner.profile, notebook, step, limit);
  }

  ofCode(owner: Owner, code: string, limit: number): readonly CacheEntry[] {
    const sql = 'principal = ? AND profile = ? AND code = ? ORDER BY created DESC LIMIT ?';
    return this.#entries(sql, owner.principal, owner.profile, code, limit);
  }

  of(execution: string): CacheEntry | null {
    return this.#entries('execution = ?', execution)[0] ?? null;
  }

  use(execution: string, now: number): boolean {
    return (
      Number(this.prepare(`UPDATE cache SET used = ? WHERE execution = ? AND ${OURS}`).run(now, execution).changes) > 0
    );
  }

  row({ principal, profile }: Owner, execution: string): CacheRow | null {
    const row = this.prepare(`${ROW} WHERE c.execution = ? AND c.principal = ? AND c.profile = ?`).get(
      execution,
      principal,
      profile
    );
    return row === undefined ? null : whole(row as Row);
  }

  page(filter: CacheFilter, limit: number, after?: Cursor) {
    const { sql, values } = where(filter);
    const past = after === undefined ? '' : ' AND (c.created, c.execution) < (?, ?)';
    const rows = this.prepare(`${ROW} WHERE ${sql}${past} ORDER BY c.created DESC, c.execution DESC LIMIT ?`).all(
      ...values,
      ...(after === undefined ? [] : [after.key, after.id]),
      limit + 1
    ) as Row[];
    const last = rows.length > limit ? rows[limit - 1]! : null;
    return {
      rows: rows.slice(0, limit).map(whole),
      next: last === null ? null : { key: Number(last.created), id: String(last.execution) }
    };
  }

  sum(filter: CacheFilter) {
    const { sql, values } = where(filter);
    const row = this.prepare(
      `SELECT count(*) AS entries, coalesce(sum(c.bytes), 0) AS bytes FROM cache c WHERE ${sql}`
    ).get(...values) as Row;
    return { entries: Number(row.entries), bytes: Number(row.bytes) };
  }

  unshown(): readonly EntryFate[] {
    return this.prepare(`${FATE} WHERE NOT ${SHOWN}`)
      .all()
      .map(row => fate(row as Row));
  }

  pin({ principal, profile }: Owner, execution: string, pinned: boolean, now: number): void {
    if (pinned)
      this.prepare('INSERT OR IGNORE INTO pins (execution, principal, profile, created) VALUES (?, ?, ?, ?)').run(
        execution,
        principal,
        profile,
        now
      );
    else this.prepare('DELETE FROM pins WHERE execution = ?').run(execution);
  }

  forget(filter: CacheFilter): readonly EntryFate[] {
    const { sql, values } = where(filter);
    let found: readonly EntryFate[] = [];
    this.transaction(() => {
      found = this.prepare(`${FATE} WHERE ${sql}`)
        .all(...values)
        .map(row => fate(row as Row));
      const executions = JSON.stringify(found.map(one => one.execution));
      for (const table of ['pins', 'cache'])
        this.prepare(`DELETE FROM ${table} WHERE execution IN (SELECT value FROM json_each(?))`).run(executions);
    });
    return found;
  }

  release(execution: string, used: number | null): boolean {
    const deleted = this.prepare(
      `DELETE FROM cache AS c WHERE c.execution = ? AND c.used IS ? AND NOT ${PINNED} AND NOT ${SHOWN} AND ${OURS}`
    ).run(execution, used);
    return Number(deleted.changes) > 0;
  }

  shows(folder: string): boolean {
    return this.prepare('SELECT 1 FROM attempts WHERE folder = ? LIMIT 1').get(folder) !== undefined;
  }
}
