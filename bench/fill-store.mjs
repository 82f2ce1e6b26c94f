// `node fill-store.mjs DATABASE N`: puts N runs that have ended into a store, with parameters, metrics and events.
// `auc` is spread evenly over 0 … 1; `old` is a metric of the oldest twentieth only.
import { DatabaseSync } from 'node:sqlite';

const [path, many] = process.argv.slice(2);
const db = new DatabaseSync(path);
db.exec('PRAGMA synchronous = OFF');
const owner = ['local', 'default'];
const statements = {
  run: db.prepare(
    "INSERT INTO runs (id, principal, profile, notebook, name, folder, created, state, took, digest, experiment, n) VALUES (?, 'local', 'default', ?, ?, ?, ?, ?, ?, '', ?, 4)"
  ),
  parameter: db.prepare(
    'INSERT INTO parameters (run, name, principal, profile, value, json) VALUES (?, ?, ?, ?, ?, ?)'
  ),
  scalar: db.prepare(
    'INSERT INTO scalars (run, name, principal, profile, step, value, json) VALUES (?, ?, ?, ?, ?, ?, ?)'
  ),
  metric: db.prepare('INSERT INTO metrics (run, step, principal, profile, name, value) VALUES (?, ?, ?, ?, ?, ?)'),
  event: db.prepare('INSERT INTO events (run, n, t, type, step, body) VALUES (?, ?, ?, ?, ?, ?)'),
  feed: db.prepare('INSERT INTO feed (run, n) VALUES (?, ?)')
};
const total = Number(many);
db.exec('BEGIN');
for (let at = 0; at < total; at++) {
  const run = `r-0${(1_000_000 + at).toString(36).padStart(8, '0')}-bench`;
  const state = at % 10 === 0 ? 'failed' : 'succeeded';
  const created = 1_700_000_000 + at * 60;
  const notebook = `/home/user/notebook-${at % 50}.ipynb`;
  statements.run.run(
    run,
    notebook,
    `run ${at}`,
    `/none/${run}`,
    created,
    state,
    (at * 7919) % 1000,
    `experiment ${at % 40}`
  );
  const value = ((at * 7919) % total) / total;
  for (const [name, number] of [
    ['lr', value / 10],
    ['depth', at % 12],
    ['seed', at]
  ])
    statements.parameter.run(run, name, ...owner, number, String(number));
  const metrics = [['auc', value], ['loss', 1 - value], ...(at < total / 20 ? [['old', value]] : [])];
  for (const [name, number] of metrics) {
    statements.scalar.run(run, name, ...owner, 'train', number, String(number));
    statements.metric.run(run, 'train', ...owner, name, number);
  }
  const events = [
    { type: 'run', state: 'created' },
    { type: 'step', step: 'train', state: 'running', attempt: 1, how: 'fork' },
    {
      type: 'step',
      step: 'train',
      state: 'failed',
      attempt: 1,
      took: 1,
      error: { code: 'died', ename: '', evalue: '', traceback: [] },
      folder: '/none'
    },
    { type: 'run', state, took: 1, steps: [] }
  ];
  for (const [index, event] of events.entries()) {
    statements.event.run(
      run,
      index + 1,
      created,
      event.type,
      event.step ?? null,
      JSON.stringify({ n: index + 1, t: created, ...event })
    );
    statements.feed.run(run, index + 1);
  }
}
db.exec('COMMIT');
db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
db.close();
