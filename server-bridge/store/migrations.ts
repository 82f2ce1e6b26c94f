const owned = "principal TEXT NOT NULL DEFAULT 'local', profile TEXT NOT NULL DEFAULT 'default'";

/** Applied in order; `user_version` says how many have been. One that is out is never edited. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (id TEXT PRIMARY KEY, ${owned}, notebook TEXT NOT NULL, name TEXT NOT NULL, folder TEXT NOT NULL, created REAL NOT NULL, state TEXT NOT NULL, took REAL) STRICT;
  CREATE INDEX runs_by_owner ON runs (principal, profile, id);
  CREATE TABLE steps (run TEXT NOT NULL, step TEXT NOT NULL, ${owned}, state TEXT NOT NULL, attempt INTEGER, source TEXT, took REAL, folder TEXT, PRIMARY KEY (run, step)) STRICT;
  CREATE TABLE attempts (run TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, ${owned}, state TEXT NOT NULL, took REAL, folder TEXT NOT NULL, PRIMARY KEY (run, step, attempt)) STRICT;
  CREATE TABLE events (run TEXT NOT NULL, n INTEGER NOT NULL, ${owned}, t REAL NOT NULL, type TEXT NOT NULL, step TEXT, body TEXT NOT NULL, PRIMARY KEY (run, n)) STRICT, WITHOUT ROWID;
  CREATE TABLE artifacts (run TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, path TEXT NOT NULL, ${owned}, names TEXT NOT NULL, bytes INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (run, step, attempt, path)) STRICT;
  CREATE TABLE metrics (run TEXT NOT NULL, step TEXT NOT NULL, ${owned}, name TEXT NOT NULL, value ANY NOT NULL, iteration INTEGER) STRICT;
  CREATE INDEX metrics_by_run ON metrics (run);
  CREATE TABLE cache (execution TEXT PRIMARY KEY, key TEXT NOT NULL, ${owned}, notebook TEXT NOT NULL, step TEXT NOT NULL, code TEXT NOT NULL, components TEXT NOT NULL, checks TEXT NOT NULL, reusable INTEGER NOT NULL, why TEXT NOT NULL, folder TEXT NOT NULL, created REAL NOT NULL) STRICT;
  CREATE INDEX cache_by_key ON cache (principal, profile, key);
  CREATE INDEX cache_by_step ON cache (principal, profile, notebook, step, created);
  CREATE TABLE memory (kind TEXT NOT NULL, key TEXT NOT NULL, ${owned}, value TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE runs ADD COLUMN digest TEXT NOT NULL DEFAULT '';
  ALTER TABLE runs ADD COLUMN git TEXT;
  ALTER TABLE runs ADD COLUMN engine TEXT NOT NULL DEFAULT 'local';
  ALTER TABLE runs ADD COLUMN experiment TEXT;
  ALTER TABLE runs ADD COLUMN origin TEXT;
  ALTER TABLE runs ADD COLUMN reason TEXT;
  ALTER TABLE runs ADD COLUMN n INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX runs_by_experiment ON runs (principal, profile, experiment, id);
  CREATE INDEX runs_by_state ON runs (principal, profile, state, id);
  CREATE INDEX runs_by_notebook ON runs (principal, profile, notebook, id);
  CREATE INDEX runs_by_name ON runs (principal, profile, name, id);
  CREATE INDEX runs_by_took ON runs (principal, profile, took, id);
  CREATE TABLE parameters (run TEXT NOT NULL, name TEXT NOT NULL, ${owned}, value ANY, json TEXT NOT NULL, PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID;
  CREATE INDEX parameters_by_value ON parameters (principal, profile, name, value, run);
  CREATE TABLE scalars (run TEXT NOT NULL, name TEXT NOT NULL, ${owned}, step TEXT NOT NULL, value ANY, json TEXT NOT NULL, PRIMARY KEY (run, name)) STRICT, WITHOUT ROWID;
  CREATE INDEX scalars_by_value ON scalars (principal, profile, name, value, run);
  CREATE TABLE feed (seq INTEGER PRIMARY KEY AUTOINCREMENT, ${owned}, run TEXT NOT NULL, n INTEGER NOT NULL) STRICT;
  CREATE TABLE idempotency (${owned}, key TEXT NOT NULL, request TEXT NOT NULL, run TEXT NOT NULL, created REAL NOT NULL, PRIMARY KEY (principal, profile, key)) STRICT, WITHOUT ROWID;
  CREATE TABLE pins (execution TEXT PRIMARY KEY, ${owned}, created REAL NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX artifacts_by_run ON artifacts (run);
  `,
  `
  CREATE INDEX events_of_steps ON events (run, n) WHERE type = 'step';
  CREATE INDEX artifacts_by_path ON artifacts (path);
  CREATE INDEX metrics_by_name ON metrics (run, name);
  DROP INDEX metrics_by_run;
  ALTER TABLE metrics ADD COLUMN t REAL;
  CREATE INDEX feed_by_run ON feed (run);
  CREATE INDEX runs_in_experiments ON runs (principal, profile, experiment, state, created);
  `,
  `
  ALTER TABLE cache ADD COLUMN used REAL;
  ALTER TABLE cache ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX cache_by_code ON cache (principal, profile, code, created);
  CREATE INDEX cache_by_time ON cache (principal, profile, created, execution);
  CREATE INDEX attempts_by_folder ON attempts (folder);
  `
];

/** Of the layout that this Cellway knows. */
export const STORE_VERSION = migrations.length;
