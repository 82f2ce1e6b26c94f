/** What lists of the API ask of the store, each page in a bounded number of queries. */
import type { StatementSync } from 'node:sqlite';
import type { Json, LastRun } from '@cellway/core/api';
import type { RunEvent } from '../runs/event';
import type { ArtifactRow, FeedText, Owner } from './store';

type Row = Record<string, unknown>;

/** Parameters and metrics of a run. */
export interface Named {
  readonly parameters: Readonly<Record<string, Json>>;
  /** The last value of each scalar. */
  readonly metrics: Readonly<Record<string, Json>>;
}

export interface LastMetric {
  readonly name: string;
  readonly step: string;
  readonly value: Json;
  readonly count: number;
  readonly iteration: number | null;
}

export interface Point {
  /** Place in the order of recording. */
  readonly place: number;
  readonly step: string;
  readonly value: Json;
  readonly iteration: number | null;
  readonly t: number | null;
}

export interface MetricRange {
  readonly name: string;
  readonly runs: number;
  readonly min: number | null;
  readonly max: number | null;
}

export interface ExperimentRow {
  readonly name: string;
  readonly runs: number;
  readonly states: Readonly<Record<string, number>>;
  readonly first: number;
  readonly last: number;
}

const NOTHING: Named = { parameters: {}, metrics: {} };

export class Lists {
  constructor(private readonly prepare: (sql: string) => StatementSync) {}

  #all(sql: string, ...values: readonly (string | number | null)[]): Row[] {
    return this.prepare(sql).all(...values) as Row[];
  }

  /** Events that say how the run's steps stand, in order. */
  stepEvents(run: string): readonly Extract<RunEvent, { type: 'step' }>[] {
    return this.#all("SELECT body FROM events WHERE run = ? AND type = 'step' ORDER BY n", run).map(row =>
      JSON.parse(String(row.body))
    );
  }

  /** Those of some runs that have come to their end. */
  ended(runs: readonly string[]): ReadonlySet<string> {
    const rows = this.#all(
      "SELECT id FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND state NOT IN ('created', 'started')",
      JSON.stringify(runs)
    );
    return new Set(rows.map(row => String(row.id)));
  }

  /** When a step of a notebook last ran to its end, and how long that took. */
  lastRan({ principal, profile }: Owner, notebook: string, step: string): LastRun | null {
    const [row] = this.#all(
      `SELECT r.id AS run, r.created, s.took FROM runs r JOIN steps s ON s.run = r.id AND s.step = ? AND s.source = 'run'
        WHERE r.principal = ? AND r.profile = ? AND r.notebook = ? ORDER BY r.id DESC LIMIT 1`,
      step,
      principal,
      profile,
      notebook
    );
    return row === undefined ? null : (row as unknown as LastRun);
  }

  /** The same of an execution that the cache knows. */
  ran(execution: string): LastRun | null {
    const [row] = this.#all(
      `SELECT r.id AS run, r.created, s.took FROM cache c JOIN runs r ON r.id = substr(c.execution, 1, instr(c.execution, '/') - 1)
        JOIN steps s ON s.run = r.id AND s.step = c.step WHERE c.execution = ?`,
      execution
    );
    return row === undefined ? null : (row as unknown as LastRun);
  }

  /** Parameters and metrics of runs, by id. */
  named(runs: readonly string[]): (run: string) => Named {
    const of = (table: string) => {
      const found = new Map<string, Record<string, Json>>();
      const ids = JSON.stringify(runs);
      const sql = `SELECT run, name, json FROM ${table} WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, name`;
      for (const row of this.#all(sql, ids)) {
        const run = String(row.run);
        const fields = found.get(run) ?? Object.create(null);
        fields[String(row.name)] = JSON.parse(String(row.json));
        found.set(run, fields);
      }
      return found;
    };
    const [parameters, metrics] = [of('parameters'), of('scalars')];
    return run => ({
      parameters: parameters.get(run) ?? NOTHING.parameters,
      metrics: metrics.get(run) ?? NOTHING.metrics
    });
  }

  /** A run's artifacts after a place. */
  artifacts(
    run: string,
    {
      step,
      kind,
      after,
      limit
    }: { readonly step?: string; readonly kind?: string; readonly after: number; readonly limit: number }
  ): readonly (ArtifactRow & { readonly place: number })[] {
    return this.#all(
      'SELECT rowid AS place, run, step, attempt, path, names, bytes, kind FROM artifacts WHERE run = ? AND rowid > ? AND step = ifnull(?, step) AND kind = ifnull(?, kind) ORDER BY rowid LIMIT ?',
      run,
      after,
      step ?? null,
      kind ?? null,
      limit
    ).map(row => ({ ...row, names: JSON.parse(String(row.names)) }) as unknown as ArtifactRow & { place: number });
  }

  /** An owner's artifact at a path, as one of the runs that have it says; null when none has. */
  artifactAt(owner: Owner, path: string): ArtifactRow | null {
    const [row] = this.#all(
      'SELECT run, step, attempt, path, names, bytes, kind FROM artifacts WHERE path = ? AND principal = ? AND profile = ? LIMIT 1',
      path,
      owner.principal,
      owner.profile
    );
    return row === undefined ? null : ({ ...row, names: JSON.parse(String(row.names)) } as unknown as ArtifactRow);
  }

  /** An owner's runs that have the artifact at a path, newest first, before one. */
  runsWith(owner: Owner, path: string, before: string | null, limit: number): readonly string[] {
    return this.#all(
      'SELECT DISTINCT run FROM artifacts WHERE path = ? AND principal = ? AND profile = ? AND (? IS NULL OR run < ?) ORDER BY run DESC LIMIT ?',
      path,
      owner.principal,
      owner.profile,
      before,
      before,
      limit
    ).map(row => String(row.run));
  }

  /** A run's metrics by name, after one. */
  metrics(run: string, after: string, limit: number): readonly LastMetric[] {
    return this.#all(
      `SELECT s.name, s.step, s.json, (SELECT count(*) FROM metrics m WHERE m.run = s.run AND m.name = s.name) AS count,
        (SELECT m.iteration FROM metrics m WHERE m.run = s.run AND m.name = s.name ORDER BY m.rowid DESC LIMIT 1) AS iteration
        FROM scalars s WHERE s.run = ? AND s.name > ? ORDER BY s.name LIMIT ?`,
      run,
      after,
      limit
    ).map(({ json, ...row }) => ({ ...row, value: JSON.parse(String(json)) }) as unknown as LastMetric);
  }

  hasMetric(run: string, name: string): boolean {
    return this.#all('SELECT 1 FROM scalars WHERE run = ? AND name = ?', run, name).length > 0;
  }

  series(run: string, name: string, after: number, limit: number): readonly Point[] {
    return this.#all(
      'SELECT rowid AS place, step, value, iteration, t FROM metrics WHERE run = ? AND name = ? AND rowid > ? ORDER BY rowid LIMIT ?',
      run,
      name,
      after,
      limit
    ).map(row => ({ ...row, value: jsonOf(row.value) }) as unknown as Point);
  }

  metricNames(
    owner: Owner,
    { experiment, after, limit }: { readonly experiment?: string; readonly after: string; readonly limit: number }
  ): readonly MetricRange[] {
    const { principal, profile } = owner;
    if (experiment !== undefined) {
      const number = "typeof(s.value) IN ('integer', 'real')";
      return this.#all(
        `SELECT s.name, count(*) AS runs, min(s.value) FILTER (WHERE ${number}) AS min, max(s.value) FILTER (WHERE ${number}) AS max
          FROM scalars s JOIN runs r ON r.id = s.run WHERE r.principal = ? AND r.profile = ? AND r.experiment = ? AND s.name > ?
          GROUP BY s.name ORDER BY s.name LIMIT ?`,
        principal,
        profile,
        experiment,
        after,
        limit
      ) as unknown as MetricRange[];
    }
    // Of all runs: searches of the index, and a count in it. Numbers sort before text, `''` is the first text.
    const of = 'FROM scalars s WHERE s.principal = ?1 AND s.profile = ?2 AND s.name = n.name';
    const number = `SELECT s.value ${of} AND s.value IS NOT NULL AND s.value < '' ORDER BY s.value`;
    return this.#all(
      `WITH RECURSIVE n(name) AS (
        SELECT min(name) FROM scalars WHERE principal = ?1 AND profile = ?2 AND name > ?3
        UNION ALL SELECT (SELECT min(name) FROM scalars WHERE principal = ?1 AND profile = ?2 AND name > n.name) FROM n WHERE name IS NOT NULL
      ) SELECT n.name, (SELECT count(*) ${of}) AS runs, (${number} LIMIT 1) AS min, (${number} DESC LIMIT 1) AS max
        FROM n WHERE n.name IS NOT NULL LIMIT ?4`,
      principal,
      profile,
      after,
      limit
    ) as unknown as MetricRange[];
  }

  /** Names of an owner's experiments, after one. */
  experimentNames({ principal, profile }: Owner, after: string, limit: number): readonly string[] {
    // One search of the index for each name, however many runs it has.
    return this.#all(
      `WITH RECURSIVE names(name) AS (
        SELECT min(experiment) FROM runs WHERE principal = ?1 AND profile = ?2 AND experiment > ?3
        UNION ALL SELECT (SELECT min(experiment) FROM runs WHERE principal = ?1 AND profile = ?2 AND experiment > names.name)
        FROM names WHERE name IS NOT NULL
      ) SELECT name FROM names WHERE name IS NOT NULL LIMIT ?4`,
      principal,
      profile,
      after,
      limit
    ).map(row => String(row.name));
  }

  /** Null when no run is in it. */
  experiment({ principal, profile }: Owner, name: string): ExperimentRow | null {
    const rows = this.#all(
      'SELECT state, count(*) AS many, min(created) AS first, max(created) AS last FROM runs WHERE principal = ? AND profile = ? AND experiment = ? GROUP BY state',
      principal,
      profile,
      name
    ) as unknown as readonly { state: string; many: number; first: number; last: number }[];
    if (rows.length === 0) return null;
    return {
      name,
      runs: rows.reduce((sum, row) => sum + row.many, 0),
      states: Object.fromEntries(rows.map(row => [row.state, row.many])),
      first: Math.min(...rows.map(row => row.first)),
      last: Math.max(...rows.map(row => row.last))
    };
  }

  /** Moves runs to an experiment, or to none. */
  move(runs: readonly string[], experiment: string | null): void {
    this.prepare('UPDATE runs SET experiment = ?, edits = edits + 1 WHERE id IN (SELECT value FROM json_each(?))').run(
      experiment,
      JSON.stringify(runs)
    );
  }

  /** Events of all of an owner's runs (null: of all owners) after a place in the feed. */
  feed(owner: Owner | null, after: number, limit: number): readonly FeedText[] {
    const { principal, profile } = owner ?? { principal: null, profile: null };
    return this.#all(
      `SELECT f.seq, f.run, f.principal, f.profile, e.type, e.body FROM feed f JOIN events e ON e.run = f.run AND e.n = f.n
        WHERE f.seq > ? AND f.principal = ifnull(?, f.principal) AND f.profile = ifnull(?, f.profile) ORDER BY f.seq LIMIT ?`,
      after,
      principal,
      profile,
      limit
    ).map(row => ({
      seq: Number(row.seq),
      run: String(row.run),
      type: String(row.type),
      owner: { principal: String(row.principal), profile: String(row.profile) },
      text: String(row.body)
    }));
  }

  /** Some runs of an experiment: id, name, folder. */
  runsIn({ principal, profile }: Owner, experiment: string, limit: number) {
    return this.#all(
      'SELECT id, name, folder FROM runs WHERE principal = ? AND profile = ? AND experiment = ? LIMIT ?',
      principal,
      profile,
      experiment,
      limit
    ) as unknown as readonly { readonly id: string; readonly name: string; readonly folder: string }[];
  }
}

/** What the store compares by, as JSON again: text stands for the floats that JSON lacks. */
function jsonOf(value: unknown): Json {
  if (typeof value === 'number') return value;
  switch (value) {
    case 'NaN':
      return { $float: 'nan' };
    case 'Infinity':
      return { $float: 'inf' };
    case '-Infinity':
      return { $float: '-inf' };
    default:
      return String(value);
  }
}
