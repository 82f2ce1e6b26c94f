import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Json } from '@cellway/core/api';
import { asNumber, type RunEvent } from '../runs/event';
import { type Refusal, refused } from '../runs/refusal';
import { migrations } from './migrations';
import {
  type ArtifactRow,
  type CacheEntry,
  localOwner,
  type MetricRow,
  type Owner,
  type RunRow,
  type StepRow,
  type Store
} from './store';

type Row = Record<string, unknown>;

function cacheEntry(row: Row): CacheEntry {
  const { components, checks, why, reusable, ...rest } = row;
  return {
    ...rest,
    components: JSON.parse(String(components)),
    checks: JSON.parse(String(checks)),
    why: JSON.parse(String(why)),
    reusable: reusable === 1
  } as unknown as CacheEntry;
}

/** SQLite's own codes for a file that is no database, or one that is broken. */
function damaged(error: unknown): error is { readonly message: string } {
  return typeof error === 'object' && error !== null && 'errcode' in error && [11, 26].includes(Number(error.errcode));
}

/** The store in one SQLite file; several processes may have it open. */
export class SqliteStore implements Store {
  readonly #statements = new Map<string, StatementSync>();

  private constructor(private readonly db: DatabaseSync) {}

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
        fix: 'Move the file away: a new one is made, and earlier runs stay in their folders. Or set CELLWAY_DATA to another folder.'
      });
    }
  }

  static #opened(db: DatabaseSync, path: string): SqliteStore | Refusal {
    db.exec('PRAGMA busy_timeout = 5000');
    const version = () => Number((db.prepare('PRAGMA user_version').get() as Row).user_version);
    const found = version();
    if (found > migrations.length) {
      db.close();
      return refused({
        code: 'store-newer',
        message: `${path} was written by a newer Cellway (store version ${found}, this one knows ${migrations.length}).`,
        fix: 'Upgrade Cellway, or set CELLWAY_DATA to another folder.'
      });
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

  #transaction(body: () => void): void {
    this.db.exec('BEGIN IMMEDIATE');
    try {
      body();
      this.db.exec('COMMIT');
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  addRun(run: RunRow): void {
    this.#prepare(
      'INSERT OR IGNORE INTO runs (id, principal, profile, notebook, name, folder, created, state, took) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
    ).run(run.id, run.principal, run.profile, run.notebook, run.name, run.folder, run.created, run.state, run.took);
  }

  ingest(run: string, events: readonly RunEvent[]): void {
    const owner: Owner = this.run(run) ?? localOwner;
    this.#transaction(() => {
      const add = this.#prepare(
        'INSERT OR IGNORE INTO events (run, n, principal, profile, t, type, step, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
      );
      for (const event of events) {
        const step = 'step' in event ? (event.step ?? null) : null;
        const added = add.run(
          run,
          event.n,
          owner.principal,
          owner.profile,
          event.t,
          event.type,
          step,
          JSON.stringify(event)
        );
        if (Number(added.changes) > 0) this.#takeIn(run, owner, event);
      }
    });
  }

  #takeIn(run: string, owner: Owner, event: RunEvent): void {
    switch (event.type) {
      case 'run':
        this.#prepare('UPDATE runs SET state = ?, took = ? WHERE id = ?').run(
          event.state,
          'took' in event ? event.took : null,
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
        if (event.state === 'succeeded')
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
        return;
      }
      case 'runtime': {
        const inner = event.event;
        if (inner.type !== 'metric') return;
        // NaN cannot be a number in SQLite (it becomes NULL): text keeps it.
        const value = asNumber(inner.value as Json);
        this.#prepare(
          'INSERT INTO metrics (run, step, principal, profile, name, value, iteration) VALUES (?, ?, ?, ?, ?, ?, ?)'
        ).run(
          run,
          event.step,
          owner.principal,
          owner.profile,
          String(inner.name),
          Number.isFinite(value) ? value : String(value),
          typeof inner.iteration === 'number' ? inner.iteration : null
        );
        return;
      }
      case 'plan-changed':
      case 'note':
        return;
    }
  }

  run(id: string): RunRow | null {
    return (this.#prepare('SELECT * FROM runs WHERE id = ?').get(id) as RunRow | undefined) ?? null;
  }

  runs(owner: Owner, limit: number, before = '\uffff'): readonly RunRow[] {
    return this.#prepare(
      'SELECT * FROM runs WHERE principal = ? AND profile = ? AND id < ? ORDER BY id DESC LIMIT ?'
    ).all(owner.principal, owner.profile, before, limit) as unknown as RunRow[];
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

  addCacheEntry(entry: CacheEntry): void {
    this.#prepare(
      'INSERT OR REPLACE INTO cache (execution, key, principal, profile, notebook, step, code, components, checks, reusable, why, folder, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
    ).run(
      entry.execution,
      entry.key,
      entry.principal,
      entry.profile,
      entry.notebook,
      entry.step,
      entry.code,
      JSON.stringify(entry.components),
      JSON.stringify(entry.checks),
      entry.reusable ? 1 : 0,
      JSON.stringify(entry.why),
      entry.folder,
      entry.created
    );
  }

  cacheEntries(owner: Owner, key: string): readonly CacheEntry[] {
    const rows = this.#prepare(
      'SELECT * FROM cache WHERE principal = ? AND profile = ? AND key = ? ORDER BY created DESC'
    ).all(owner.principal, owner.profile, key);
    return rows.map(row => cacheEntry(row as Row));
  }

  latestEntry(owner: Owner, notebook: string, step: string): CacheEntry | null {
    const row = this.#prepare(
      'SELECT * FROM cache WHERE principal = ? AND profile = ? AND notebook = ? AND step = ? ORDER BY created DESC LIMIT 1'
    ).get(owner.principal, owner.profile, notebook, step);
    return row ? cacheEntry(row as Row) : null;
  }

  entriesOfStep(owner: Owner, notebook: string, step: string, limit: number): readonly CacheEntry[] {
    const rows = this.#prepare(
      'SELECT * FROM cache WHERE principal = ? AND profile = ? AND notebook = ? AND step = ? ORDER BY created DESC LIMIT ?'
    ).all(owner.principal, owner.profile, notebook, step, limit);
    return rows.map(row => cacheEntry(row as Row));
  }

  entryOf(execution: string): CacheEntry | null {
    const row = this.#prepare('SELECT * FROM cache WHERE execution = ?').get(execution);
    return row ? cacheEntry(row as Row) : null;
  }

  recall(kind: string, key: string): string | null {
    const row = this.#prepare('SELECT value FROM memory WHERE kind = ? AND key = ?').get(kind, key) as Row | undefined;
    return row ? String(row.value) : null;
  }

  remember(kind: string, key: string, value: string): void {
    this.#prepare('INSERT OR REPLACE INTO memory (kind, key, value) VALUES (?, ?, ?)').run(kind, key, value);
  }

  close(): void {
    this.db.close();
  }
}
