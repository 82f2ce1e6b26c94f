#!/usr/bin/env node
// `npm run bench [-- ROW…] [--json]`: sets up what is missing and prints figures and ratios, all of one run. The peers
// (papermill, kfp) are installed the first time, into an environment of their own in the cache folder.
import { parseArgs } from 'node:util';
import { analyse } from '../bench/rows/analyse.mjs';
import { bridge } from '../bench/rows/bridge.mjs';
import { cached } from '../bench/rows/cached.mjs';
import { graph } from '../bench/rows/graph.mjs';
import { handover } from '../bench/rows/handover.mjs';
import { parallel } from '../bench/rows/parallel.mjs';
import { runs } from '../bench/rows/runs.mjs';
import { step } from '../bench/rows/step.mjs';
import { whole } from '../bench/rows/whole.mjs';
import { main, say, setUp } from './setup.mjs';
import { explain, Problem } from './setup/problem.mjs';

const ROWS = { analyse, graph, step, whole, cached, handover, parallel, runs, bridge };

await main(async () => {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.find(name => !(name in ROWS));
  if (unknown !== undefined)
    throw new Problem(`There is no row ${unknown}.`, `The rows are ${Object.keys(ROWS).join(', ')}.`);
  const tools = { ...(await setUp()), say };
  const rows = [];
  let code = 0;
  for (const name of positionals.length > 0 ? positionals : Object.keys(ROWS)) {
    process.stderr.write(`bench: ${name} …\n`);
    try {
      rows.push(...(await ROWS[name](tools)));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      process.stderr.write(explain(error)); // the other rows are worth having all the same
      rows.push({ name: `${name}: not measured`, reached: false });
      code = 1;
    }
  }
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows));
  return code;
});

function table(rows) {
  const head = ['what', 'measured', 'against', 'ratio', 'target', 'reached'];
  const lines = rows.map(row => [
    row.name,
    row.measured === undefined ? '' : time(row.measured),
    row.than ?? '',
    row.ratio === undefined ? '' : `${row.ratio.toPrecision(2)} ×`,
    row.target ?? '',
    row.reached === undefined ? '' : row.reached ? 'yes' : 'no'
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...lines].map(line => line[at].length)));
  const text = line =>
    line
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd();
  return `${[head, widths.map(width => '-'.repeat(width)), ...lines].map(text).join('\n')}\n`;
}

function time(seconds) {
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}
