import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Json } from '@cellway/core/api';
import { asNumber, type RunEvent } from '../runs/event';
import { type Refusal, refused } from '../runs/refusal';
import { Lists } from './lists';
import { migrations } from './migrations';
import { OURS, SqliteCache } from './cache-sqlite';
import { type Cursor, FEW, type RunQuery, runQuery, selectivity, walkEnd, type Way } from './run-query';
import {
  type ArtifactRow,
  type FeedEvent,
  localOwner,
  type MetricRow,
  type NewRunRow,
  type Owner,
  type RunRow,
  type StepRow,
  type Store
} from './store';

type Row = Record<string, unknown>;

/** SQLite's own codes for a file that is no database, or one that is broken. */
function damaged(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'errcode' in error && [11, 26].includes(Number(error.errcode));
}

function versionOf(db: DatabaseSync): number {
  return Number((db.prepare('PRAGMA user_version').get() as Row).user_version);
}

function refusedAsNewer(path: string, version: number): Refusal | null {
  if (version <= migrations.length) return null;
  return refused({
    code: 'store-newer',
    message: `${path} was written by a newer Cellway (store version ${version}, this one knows ${migrations.length}).`,
    fix: 'Upgrade Cellway, or name another folder with --data or CELLWAY_DATA.'
  });
}

/** A newer Cellway has taken over the store while this one had it open. */
export class StoreNewer extends Error {
  constructor(version: number) {
    super(`The store was migrated to version ${version} by a newer Cellway; this one knows ${migrations.length}.`);
  }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

function runRow(row: Row): RunRow {
  const { sort_key: _, ...rest } = row;
  const parsed = (value: unknown): unknown => (value === null ? null : JSON.parse(String(value)));
  return {
    ...rest,
    git: parsed(row.git),
    origin: parsed(row.origin),
    reason: parsed(row.reason)
  } as unknown as RunRow;
}

/** What conditions compare: numbers by size, all else as text. */
function comparable(value: Json): number | string | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object' && '$float' in value) {
    const number = asNumber(value);
    // SQLite has no NaN.
    return Number.isFinite(number) ? number : String(number);
  }
  return JSON.stringify(value);
}

/** A value of a metric as an event has it. */
interface Recorded {
  readonly step: string;
  readonly name: string;
  readonly value: Json;
  readonly iteration: number | null;
  readonly t: number | null;
}

/** The store in one SQLite file; several processes may have it open. */
export class SqliteStore implements Store {
  readonly #statements = new Map<string, StatementSync>();

  readonly lists = new Lists(sql => this.#prepare(sql));
  readonly cache: SqliteCache;

  private constructor(private readonly db: DatabaseSync) {
    this.cache = new SqliteCache(
      sql => this.#prepare(sql),
      body => this.#transaction(body)
    );
  }

  /** Refused when a newer Cellway has written the file: better than damaging it. */
  static open(path: string): SqliteStore | Refusal {
    mkdirSync(dirname(path), { recursive: true });
    const db = new DatabaseSync(path);
    try {
      return SqliteStore.#opened(db, path);
    } catch (error) {
      db.close();
      if (!damaged(error)) throw error;
      return refused({
        code: 'store-damaged',
        message: `${path} cannot be read as Cellway's store: ${error.message}.`,
        fix: 'It is made anew from the folders of the runs by: cellway doctor --store'
      });
    }
  }

  /** The refusal of a file that a newer Cellway has written; null for any other, readable or not. */
  static newer(path: string): Refusal | null {
    if (!existsSync(path)) return null;
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      return refusedAsNewer(path, versionOf(db));
    } catch (error) {
      if (!damaged(error)) throw error;
      return null;
    } finally {
      db.close();
    }
  }

  static check(path: string): string | null {
    const db = new DatabaseSync(path, { readOnly: true });
    try {
      const [first] = db.prepare('PRAGMA quick_check(1)').all() as Row[];
      const said = String(first?.quick_check);
      return said === 'ok' ? null : said;
    } catch (error) {
      if (!damaged(error)) throw error;
      return error.message;
    } finally {
      db.close();
    }
  }

  static #opened(db: DatabaseSync, path: string): SqliteStore | Refusal {
    db.exec('PRAGMA busy_timeout = 5000');
    const version = () => versionOf(db);
    const newer = refusedAsNewer(path, version());
    if (newer !== null) {
      db.close();
      return newer;
    }
    if (version() < migrations.length) {
      db.exec('PRAGMA journal_mode = WAL');
      db.exec('BEGIN IMMEDIATE');
      // Another process may have migrated while this one waited for the lock.
      for (let at = version(); at < migrations.length; at++) db.exec(migrations[at]!);
      db.exec(`PRAGMA user_version = ${Math.max(version(), migrations.length)}`);
      db.exec('COMMIT');
    }
    // What is lost in a power cut is in the runs' event logs too.
    db.exec('PRAGMA synchronous = NORMAL');
    return new SqliteStore(db);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** All or nothing. A newer Cellway may have migrated the file since it was opened: then nothing is written. */
  #transaction(body: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const version = Number((this.#prepare('PRAGMA user_version').get() as Row).user_version);
      if (version > migrations.length) throw new StoreNewer(version);
      body();
      this.db.exec('COMMIT');
    } catch (error) {
      // SQLite may have done it itself: when the disk is full.
      if (this.db.isTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  addRun(run: NewRunRow): void {
    this.#transaction(() => {
      const added = this.#prepare(
        'INSERT OR IGNORE INTO runs (id, principal, profile, notebook, digest, git, engine, name, experiment, origin, folder, created, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
      ).run(
        run.id,
        run.principal,
        run.profile,
        run.notebook,
        run.digest,
        textOrNull(run.git),
        run.engine,
        run.name,
        run.experiment,
        textOrNull(run.origin),
        run.folder,
        run.created,
        'created'
      );
      if (Number(added.changes) === 0) return;
      const add = this.#prepare(
        'INSERT INTO parameters (run, name, principal, profile, value, json) VALUES (?, ?, ?, ?, ?, ?)'
      );
      for (const [name, value] of Object.entries(run.parameters))
        add.run(run.id, name, run.principal, run.profile, comparable(value), JSON.stringify(value));
    });
  }

  ingest(run: string, events: readonly RunEvent[]): readonly FeedEvent[] {
    const owner: Owner = this.run(run) ?? localOwner;
    const taken: FeedEvent[] = [];
    if (events.length === 0) return taken;
    this.#transaction(() => {
      const add = this.#prepare(
        'INSERT OR IGNORE INTO events (run, n, principal, profile, t, type, step, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
      );
      const feed = this.#prepare('INSERT INTO feed (principal, profile, run, n) VALUES (?, ?, ?, ?)');
      let last = 0;
      for (const event of events) {
        const step = 'step' in event ? (event.step ?? null) : null;
        const { principal, profile } = owner;
        const added = add.run(run, event.n, principal, profile, event.t, event.type, step, JSON.stringify(event));
        if (Number(added.changes) === 0) continue;
        last = event.n;
        taken.push({ seq: Number(feed.run(principal, profile, run, event.n).lastInsertRowid), run, event });
        this.#takeIn(run, owner, event);
      }
      if (last > 0) this.#prepare('UPDATE runs SET n = max(n, ?) WHERE id = ?').run(last, run);
    });
    return taken;
  }

  #takeIn(run: string, owner: Owner, event: RunEvent): void {
    switch (event.type) {
      case 'run':
        this.#prepare('UPDATE runs SET state = ?, took = ?, reason = ? WHERE id = ?').run(
          event.state,
          'took' in event ? event.took : null,
          textOrNull('reason' in event ? event.reason : null),
          run
        );
        return;
      case 'step': {
        const attempt = 'attempt' in event ? event.attempt : null;
        const took = 'took' in event ? event.took : null;
        const folder = 'folder' in event ? event.folder : null;
        const source = event.state === 'succeeded' ? event.from : null;
        this.#prepare(
          'INSERT OR REPLACE INTO steps (run, step, principal, profile, state, attempt, source, took, folder) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
        ).run(run, event.step, owner.principal, owner.profile, event.state, attempt, source, took, folder);
        if (folder !== null && attempt !== null) {
          this.#prepare(
            'INSERT OR REPLACE INTO attempts (run, step, attempt, principal, profile, state, took, folder) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
          ).run(run, event.step, attempt, owner.principal, owner.profile, event.state, took, folder);
        }
        if (event.state === 'succeeded') {
          for (const { name, value } of event.metrics ?? [])
            this.#addMetric(run, owner, { step: event.step, name, value, iteration: null, t: null });
          for (const output of event.outputs) {
            this.#prepare(
              'INSERT OR REPLACE INTO artifacts (run, step, attempt, path, principal, profile, names, bytes, kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
            ).run(
              run,
              event.step,
              event.attempt,
              output.path,
              owner.principal,
              owner.profile,
              JSON.stringify(output.names),
              output.bytes,
              output.kind
            );
          }
        }
        return;
      }
      case 'runtime': {
        const inner = event.event;
        if (inner.type !== 'metric') return;
        const iteration = typeof inner.iteration === 'number' ? inner.iteration : null;
        const { step } = event;
        this.#addMetric(run, owner, {
          step,
          name: String(inner.name),
          value: inner.value as Json,
          iteration,
          t: inner.t
        });
        return;
      }
      case 'plan-changed':
      case 'note':
        return;
    }
  }

  #addMetric(run: string, owner: Owner, { step, name, value: json, iteration, t }: Recorded): void {
    const { principal, profile } = owner;
    // NaN cannot be a number in SQLite (it becomes NULL): text keeps it.
    const value = comparable(json);
    this.#prepare(
      'INSERT INTO metrics (run, step, principal, profile, name, value, iteration, t) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
    ).run(run, step, principal, profile, name, value, iteration, t);
    this.#prepare(
      'INSERT OR REPLACE INTO scalars (run, name, principal, profile, step, value, json) VALUES (?, ?, ?, ?, ?, ?, ?)'
    ).run(run, name, principal, profile, step, value, JSON.stringify(json));
  }

  run(id: string): RunRow | null {
    const row = this.#prepare('SELECT * FROM runs WHERE id = ?').get(id);
    return row === undefined ? null : runRow(row as Row);
  }

  knows(run: string): boolean {
    return this.#prepare('SELECT 1 FROM runs WHERE id = ?').get(run) !== undefined;
  }

  runs(query: RunQuery): { readonly rows: readonly RunRow[]; readonly next: Cursor | null } {
    const rows = this.#page({ ...query, limit: query.limit + 1 });
    const last = rows.length > query.limit ? rows[query.limit - 1]! : null;
    return {
      rows: rows.slice(0, query.limit).map(runRow),
      next: last === null ? null : { key: last.sort_key as Cursor['key'], id: String(last.id) }
    };
  }

  /** Rows of a page in the way that takes least. */
  #page(query: RunQuery): readonly Row[] {
    const rowsBy = (way: Way) => {
      const { sql, values } = runQuery(query, way);
      return this.#prepare(sql).all(...values) as Row[];
    };
    const count = selectivity(query);
    if (count === null) return rowsBy({ kind: 'walk' });
    const many = Number((this.#prepare(count.sql).get(...count.values) as Row).many);
    if (many <= FEW) return rowsBy({ kind: 'look-up' });
    if (query.order !== undefined && query.order.by !== 'created') return rowsBy({ kind: 'walk' });
    // What many runs have is soon found, unless only those at the far end have it.
    const end = walkEnd(query);
    const to = this.#prepare(end.sql).get(...end.values) as Row | undefined;
    if (to === undefined) return rowsBy({ kind: 'walk' });
    const near = rowsBy({ kind: 'walk', to: String(to.id) });
    return near.length === query.limit ? near : rowsBy({ kind: 'look-up' });
  }

  openRuns(): readonly RunRow[] {
    return this.#prepare("SELECT * FROM runs WHERE state IN ('created', 'started') ORDER BY id")
      .all()
      .map(row => runRow(row as Row));
  }

  relabel(run: string, label: { readonly name?: string; readonly experiment?: string | null }): void {
    if (label.name !== undefined)
      this.#prepare('UPDATE runs SET name = ?, edits = edits + 1 WHERE id = ?').run(label.name, run);
    if (label.experiment !== undefined)
      this.#prepare('UPDATE runs SET experiment = ?, edits = edits + 1 WHERE id = ?').run(label.experiment, run);
  }

  removeRun(run: string): void {
    this.#transaction(() => {
      for (const table of ['steps', 'attempts', 'events', 'artifacts', 'metrics', 'parameters', 'scalars', 'feed'])
        this.#prepare(`DELETE FROM ${table} WHERE run = ?`).run(run);
      this.#prepare('DELETE FROM runs WHERE id = ?').run(run);
    });
  }

  parameters(run: string): Readonly<Record<string, Json>> {
    return this.#named('SELECT name, json FROM parameters WHERE run = ? ORDER BY name', run);
  }

  scalars(run: string): Readonly<Record<string, Json>> {
    return this.#named('SELECT name, json FROM scalars WHERE run = ? ORDER BY name', run);
  }

  #named(sql: string, run: string): Readonly<Record<string, Json>> {
    const rows = this.#prepare(sql).all(run) as Row[];
    return Object.fromEntries(rows.map(row => [String(row.name), JSON.parse(String(row.json)) as Json]));
  }

  position(): { readonly epoch: string; readonly seq: number } {
    let epoch = this.recall('store', 'epoch');
    if (epoch === null) {
      this.#prepare('INSERT OR IGNORE INTO memory (kind, key, value) VALUES (?, ?, ?)').run(
        'store',
        'epoch',
        randomBytes(6).toString('hex')
      );
      epoch = this.recall('store', 'epoch')!;
    }
    const row = this.#prepare("SELECT seq FROM sqlite_sequence WHERE name = 'feed'").get() as Row | undefined;
    return { epoch, seq: Number(row?.seq ?? 0) };
  }

  claim(
    owner: Owner,
    key: string,
    request: string,
    run: string
  ): { readonly run: string; readonly request: string } | null {
    const { principal, profile } = owner;
    const added = this.#prepare(
      'INSERT OR IGNORE INTO idempotency (principal, profile, key, request, run, created) VALUES (?, ?, ?, ?, ?, ?)'
    ).run(principal, profile, key, request, run, Date.now() / 1000);
    if (Number(added.changes) > 0) return null;
    const row = this.#prepare(
      'SELECT run, request FROM idempotency WHERE principal = ? AND profile = ? AND key = ?'
    ).get(principal, profile, key) as Row;
    return { run: String(row.run), request: String(row.request) };
  }

  unclaim({ principal, profile }: Owner, key: string): void {
    this.#prepare('DELETE FROM idempotency WHERE principal = ? AND profile = ? AND key = ?').run(
      principal,
      profile,
      key
    );
  }

  steps(run: string): readonly StepRow[] {
    return this.#prepare(
      'SELECT run, step, state, attempt, source, took, folder FROM steps WHERE run = ? ORDER BY rowid'
    ).all(run) as unknown as StepRow[];
  }

  artifacts(run: string): readonly ArtifactRow[] {
    const rows = this.#prepare(
      'SELECT run, step, attempt, path, names, bytes, kind FROM artifacts WHERE run = ? ORDER BY rowid'
    ).all(run) as Row[];
    return rows.map(row => ({ ...row, names: JSON.parse(String(row.names)) }) as unknown as ArtifactRow);
  }

  metrics(run: string): readonly MetricRow[] {
    const rows = this.#prepare(
      'SELECT run, step, name, value, iteration FROM metrics WHERE run = ? ORDER BY rowid'
    ).all(run) as Row[];
    return rows.map(row => ({ ...row, value: Number(row.value) }) as unknown as MetricRow);
  }

  events(run: string, after: number, limit: number): readonly RunEvent[] {
    const rows = this.#prepare('SELECT body FROM events WHERE run = ? AND n > ? ORDER BY n LIMIT ?').all(
      run,
      after,
      limit
    ) as Row[];
    return rows.map(row => JSON.parse(String(row.body)) as RunEvent);
  }

  recall(kind: string, key: string): string | null {
    const row = this.#prepare('SELECT value FROM memory WHERE kind = ? AND key = ?').get(kind, key) as Row | undefined;
    return row ? String(row.value) : null;
  }

  remember(kind: string, key: string, value: string): void {
    this.#prepare(`INSERT OR REPLACE INTO memory (kind, key, value) SELECT ?, ?, ? WHERE ${OURS}`).run(
      kind,
      key,
      value
    );
  }

  close(): void {
    this.db.close();
  }
}
