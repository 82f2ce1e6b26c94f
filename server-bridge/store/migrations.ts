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
  `
];
