#!/usr/bin/env node
// `npm test [-- --only types,lint,setup,jest,pytest] [arguments of the one suite]`: sets up what is missing, runs the suites
// one after the other, and ends with the sum as `N passed, N failed, N skipped`. Exit 0 only if nothing failed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, say, setUp } from './setup.mjs';
import { setUpChromium } from './setup/chromium.mjs';
import { Problem } from './setup/problem.mjs';
import { jestCounts, nodeCounts, pytestCounts, wholeCounts } from './test-counts.mjs';

await main(async () => {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' } },
    allowPositionals: true,
    strict: true
  });
  const reports = mkdtempSync(join(tmpdir(), 'cellway-test-'));
  try {
    const suites = chosen(values.only, suitesOf(await setUp(), reports));
    if (suites.some(suite => suite.name === 'jest')) setUpChromium(say);
    if (positionals.length > 0 && suites.length !== 1) {
      throw new Problem('Arguments are for one suite.', 'For example: npm test -- --only jest core/dataflow');
    }
    const results = suites.map(suite => run(suite, positionals));
    return summarise(results);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});

function suitesOf({ root, venv, node, python }, reports) {
  const bin = name => join(root, 'node_modules', '.bin', name);
  const quiet = '--disable-warning=ExperimentalWarning'; // node:sqlite says so in each process
  const both = (reporter, to) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`];
  const setup = join(reports, 'setup.xml');
  const jest = join(reports, 'jest.json');
  const pytest = join(reports, 'pytest.xml');
  const PATH = [dirname(node), join(venv, 'bin'), process.env.PATH].join(delimiter);
  const common = { cwd: root, env: { ...process.env, PATH } };
  return [
    { name: 'types', argv: [node, bin('tsc'), '-p', 'tsconfig.json'], counts: wholeCounts, ...common },
    { name: 'types of src', argv: [node, bin('tsc'), '-p', 'src/tsconfig.json'], counts: wholeCounts, ...common },
    { name: 'lint', argv: [node, bin('biome'), 'lint', '.'], counts: wholeCounts, ...common },
    {
      name: 'setup',
      argv: [node, '--test', ...both('spec', 'stdout'), ...both('junit', setup), 'scripts/**/*.test.mjs'],
      counts: code => nodeCounts(setup, code),
      cwd: root,
      env: process.env // set-up meets the machine's own npm, not the copy beside the newer Node
    },
    {
      name: 'jest',
      argv: [node, quiet, bin('jest'), '--maxWorkers=2', '--json', `--outputFile=${jest}`],
      counts: code => jestCounts(jest, code),
      ...common
    },
    {
      name: 'pytest',
      argv: [python, '-m', 'pytest', '-q', `--junitxml=${pytest}`],
      counts: code => pytestCounts(pytest, code),
      ...common
    }
  ];
}

function chosen(only, suites) {
  if (only === undefined) return suites;
  const names = only.split(',');
  const unknown = names.find(name => !suites.some(suite => suite.name === name));
  if (unknown !== undefined) {
    throw new Problem(`There is no suite ${unknown}.`, `The suites are ${suites.map(suite => suite.name).join(', ')}.`);
  }
  return suites.filter(suite => names.includes(suite.name));
}

function run(suite, more) {
  process.stdout.write(`\n--- ${suite.name}\n`);
  const start = performance.now();
  const [program, ...args] = suite.argv;
  // jest's JSON goes to stdout as well when no file can be written; its readable report goes to stderr
  const { status } = spawnSync(program, [...args, ...more], {
    cwd: suite.cwd,
    env: suite.env,
    stdio: ['ignore', 'inherit', 'inherit']
  });
  const took = (performance.now() - start) / 1000;
  return { name: suite.name, took, ...suite.counts(status ?? 1) };
}

function summarise(results) {
  process.stdout.write('\n');
  for (const { name, passed, failed, skipped, took } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
    process.stdout.write(`${failed ? '✗' : '✓'} ${name.padEnd(7)} ${counts} (${took.toFixed(1)} s)\n`);
  }
  const sum = key => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  return sum('failed') > 0 ? 1 : 0;
}
