#!/usr/bin/env node
// `npm run test:pythons [-- 3.9 3.13]`: the step runtime's tests, the local engine's that start processes, and a notebook
// through `cellway verify`, under each other CPython of this machine, in an environment of its own that is kept in the
// cache folder. Says which were tested and which could not be had; one that was asked for by name must be there. Ends with
// the sum as `N passed, N failed, N skipped`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command } from './setup/command.mjs';
import { setUpOther } from './setup/python.mjs';
import { pythonOf } from './setup/pythons.mjs';
import { main, say, setUp } from './setup.mjs';
import { jestCounts, pytestCounts, wholeCounts } from './test-counts.mjs';

const MINORS = ['3.9', '3.10', '3.11', '3.12', '3.13', '3.14'];
const ENGINE = ['starting', 'truth'].map(name => `server-bridge/engines/local/${name}.test.ts`);
/** At the same time: each has processes of its own. */
const TOGETHER = 2;

await main(async () => {
  const tools = await setUp();
  const own = await minorOf(tools.python);
  const asked = process.argv.slice(2);
  const minors = asked.length > 0 ? asked : MINORS.filter(minor => minor !== own);
  const scratch = mkdtempSync(join(tmpdir(), 'cellway-pythons-'));
  const results = [];
  const queue = [...minors];
  const work = async () => {
    for (let minor = queue.shift(); minor !== undefined; minor = queue.shift()) {
      const base = await pythonOf(minor);
      results.push({ minor, base, suites: base === null ? [] : await test(tools, base, join(scratch, minor)) });
    }
  };
  try {
    await Promise.all(Array.from({ length: TOGETHER }, work));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  results.sort((a, b) => minors.indexOf(a.minor) - minors.indexOf(b.minor));
  return summarise(results, own, asked);
});

async function test({ root, node, cellway }, base, scratch) {
  const venv = await setUpOther(root, 'pythons', base, say);
  const python = join(venv, 'bin', 'python');
  mkdirSync(scratch, { recursive: true });
  const suites = [];
  for (const [name, run] of [
    ['step runtime', () => runtimeTests(root, python, scratch)],
    ['local engine', () => engineTests(root, node, python, scratch)],
    ['cellway verify', () => notebookTests(root, cellway, python, scratch)]
  ]) {
    const start = performance.now();
    const { output, counts } = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const { passed, failed, skipped } = counts;
    process.stdout.write(
      `${failed > 0 ? `${output.trimEnd()}\n✗` : '✓'} ${base.version.padEnd(8)} ${name}: ` +
        `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''} (${seconds} s)\n`
    );
    suites.push(counts);
  }
  return suites;
}

/** All of them; the steps are forked from a warm interpreter, as the local engine does. */
async function runtimeTests(root, python, scratch) {
  const report = join(scratch, 'pytest.xml');
  const options = ['-q', '-p', 'no:cacheprovider', `--junitxml=${report}`, `--basetemp=${join(scratch, 'tests')}`];
  const { code, output } = await command(python, ['-m', 'pytest', ...options, 'tests/runtime'], {
    cwd: root,
    env: { ...process.env, CELLWAY_TEST_START: 'fork' }
  });
  return { output, counts: pytestCounts(report, code) };
}

/** Those of starting steps' processes and of comparing what they do. */
async function engineTests(root, node, python, scratch) {
  const report = join(scratch, 'jest.json');
  const jest = join(root, 'node_modules', '.bin', 'jest');
  const options = ['--disable-warning=ExperimentalWarning', jest, '--runInBand', '--json', `--outputFile=${report}`];
  const { code, output } = await command(node, [...options, ...ENGINE], {
    cwd: root,
    env: { ...process.env, PATH: `${dirname(node)}:${process.env.PATH}`, CELLWAY_TEST_PYTHON: python }
  });
  return { output, counts: jestCounts(report, code) };
}

/** A notebook, as it is split and cell by cell. Its kernel is the environment's Python, by a kernelspec of its own. */
async function notebookTests(root, cellway, python, scratch) {
  const kernel = join(scratch, 'jupyter', 'kernels', 'cellway-other-python');
  mkdirSync(kernel, { recursive: true });
  const argv = [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({ argv, display_name: 'Other', language: 'python' }));
  const notebook = join(root, 'tests', 'pythons', 'small.ipynb');
  const sum = { output: '', counts: wholeCounts(0) };
  sum.counts.passed = 0;
  for (const flags of [[], ['--each-cell']]) {
    const { code, output } = await command(cellway, ['verify', notebook, ...flags, '--data', join(scratch, 'data')], {
      env: { ...process.env, JUPYTER_PATH: join(scratch, 'jupyter') }
    });
    if (code === 0) sum.counts.passed += 1;
    else sum.counts.failed += 1;
    sum.output += output;
  }
  return sum;
}

function summarise(results, own, asked) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const counts of results.flatMap(({ suites }) => suites)) {
    for (const key of Object.keys(sum)) sum[key] += counts[key];
  }
  const tested = results.filter(({ base }) => base !== null).map(({ base }) => base.version);
  const missing = results.filter(({ base }) => base === null).map(({ minor }) => minor);
  const line = (what, versions) => process.stdout.write(`${what} ${versions.join(', ') || 'none'}\n`);
  process.stdout.write('\n');
  line('Tested:           ', tested);
  line(
    'Could not be had: ',
    missing.map(minor => `${minor} (no python${minor} on PATH or in pyenv's folder)`)
  );
  if (asked.length === 0) process.stdout.write(`Not tested here:   ${own}, which \`npm test\` is for\n`);
  sum[asked.length > 0 ? 'failed' : 'skipped'] += missing.length;
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed > 0 ? 1 : 0;
}

async function minorOf(python) {
  const { output } = await command(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  return output.trim();
}
