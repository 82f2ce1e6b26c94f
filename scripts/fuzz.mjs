#!/usr/bin/env node
// `npm run test:fuzz [-- --examples N] [--seed N]`: schemathesis sends what the served OpenAPI page allows, and what it does
// not, to a real bridge with some runs: no 5xx, no answer outside the schemas. The same each time unless a seed is given.
// Streams have tests of their own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from './serve.mjs';
import { main, say, setUp } from './setup.mjs';
import { setUpTools } from './setup/python.mjs';

await main(async () => {
  const { values } = parseArgs({
    options: { examples: { type: 'string', default: '40' }, seed: { type: 'string' } }
  });
  const { root, cellway } = await setUp();
  const tools = await setUpTools(root, 'fuzz', say);
  const scratch = mkdtempSync(join(tmpdir(), 'cellway-fuzz-'));
  const bridge = await serve(cellway, join(scratch, 'data'));
  try {
    const known = await fill(bridge, scratch);
    const page = join(scratch, 'openapi.json');
    writeFileSync(page, await (await bridge.fetch('/openapi.json')).text());
    const valid = run(join(tools, 'bin', 'openapi-spec-validator'), ['--schema', '3.1', page]);
    if (valid !== 0) return valid;
    return run(
      join(tools, 'bin', 'st'),
      [
        ...[
          '--config-file',
          join(root, 'tests', 'fuzz', 'schemathesis.toml'),
          'run',
          page,
          '--url',
          bridge.url,
          '--header',
          `Authorization: Bearer ${bridge.token}`
        ],
        ...(values.seed === undefined ? ['--generation-deterministic'] : ['--seed', values.seed]),
        ...['--max-examples', values.examples],
        ...['--phases', 'coverage,fuzzing', '--max-failures', '20'],
        ...['--exclude-operation-id', 'shutdown', '--exclude-operation-id', 'events', '--no-color']
      ],
      { SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: join(root, 'tests', 'fuzz'), CELLWAY_KNOWN: JSON.stringify(known) },
      scratch
    );
  } finally {
    await bridge.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
});

function run(program, args, env = {}, cwd = undefined) {
  return (
    spawnSync(program, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
      .status ?? 1
  );
}

/** Some runs with all that runs have; what there is, by path parameter. */
async function fill(bridge, scratch) {
  const cell = (source, ...tags) => ({
    cell_type: 'code',
    metadata: { tags },
    source,
    outputs: [],
    execution_count: null
  });
  const notebook = join(scratch, 'work.ipynb');
  const cells = [
    cell('lr = 0.1', 'parameters'),
    cell('x = [1]\nopen("out.csv", "w").write("a")\nprint("log")', 'step:a'),
    cell('auc = lr * len(x)\nauc', 'step:b'),
    cell('auc', 'metrics'),
    cell('print(auc)\n1 / (lr - 0.5)', 'step:c')
  ].map((one, at) => ({ id: `c${at + 1}`, ...one }));
  const metadata = { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } };
  writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
  const runs = [];
  for (const lr of [0.1, 0.5, 0.9]) {
    const body = JSON.stringify({ notebook: { path: notebook }, parameters: { lr }, experiment: `e${lr}` });
    const made = await bridge.call('/runs', { method: 'POST', body });
    runs.push(made.id);
    for (let state = made.state; ['created', 'started'].includes(state); ) {
      await new Promise(resolve => setTimeout(resolve, 50));
      state = (await bridge.call(`/runs/${made.id}`)).state;
    }
  }
  const { items } = await bridge.call(`/runs/${runs[0]}/artifacts`);
  const entries = (await bridge.call('/cache/entries')).items;
  // So that they outlast what is sent to forget and collect.
  for (const { id } of entries)
    await bridge.call(`/cache/entries/${id}`, { method: 'PATCH', body: JSON.stringify({ pinned: true }) });
  return {
    run: runs,
    step: ['a', 'b', 'c'],
    cell: cells.map(({ id }) => id),
    artifact: items.map(({ id }) => id),
    entry: entries.map(({ id }) => id),
    metric: ['auc'],
    experiment: ['e0.1', 'e0.5']
  };
}
