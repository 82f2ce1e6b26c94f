#!/usr/bin/env node
// `npm run test:pythons [-- 3.9 3.13]`: the step runtime's tests, and a notebook through `cellway verify`, under each other
// CPython of this machine, in an environment of its own that is kept in the cache folder. One that is missing is skipped,
// by name. Ends with the sum as `N passed, N failed, N skipped`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './setup/command.mjs';
import { setUpOther } from './setup/python.mjs';
import { pythonOf } from './setup/pythons.mjs';
import { main, say, setUp } from './setup.mjs';
import { pytestCounts } from './test-counts.mjs';

const MINORS = ['3.9', '3.10', '3.12', '3.13', '3.14'];
/** Those that meet what differs between Pythons: running steps, and what travels. */
const TESTS = ['test_step.py', 'test_artifacts_python.py', 'test_artifacts_numpy.py'].map(
  name => `tests/runtime/${name}`
);
/** At the same time: each has processes of its own. */
const TOGETHER = 2;

await main(async () => {
  const { root, cellway } = await setUp();
  const asked = process.argv.slice(2);
  const minors = asked.length > 0 ? asked : MINORS;
  const scratch = mkdtempSync(join(tmpdir(), 'cellway-pythons-'));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const add = counts => {
    for (const key of Object.keys(sum)) sum[key] += counts[key];
  };
  const queue = [...minors];
  const work = async () => {
    for (let minor = queue.shift(); minor !== undefined; minor = queue.shift()) {
      const base = await pythonOf(minor);
      if (base === null) {
        process.stdout.write(`○ ${minor.padEnd(8)} skipped: there is no CPython ${minor} here (PATH, pyenv)\n`);
        add({ passed: 0, failed: 0, skipped: 1 });
        continue;
      }
      add(await test(root, cellway, base, join(scratch, minor)));
    }
  };
  try {
    await Promise.all(Array.from({ length: TOGETHER }, work));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed > 0 ? 1 : 0;
});

async function test(root, cellway, base, scratch) {
  const venv = await setUpOther(root, 'pythons', base, say);
  const python = join(venv, 'bin', 'python');
  const start = performance.now();
  const runtime = await runtimeTests(root, python, scratch);
  const notebook = await notebookTest(root, cellway, python, scratch);
  const counts = { ...runtime.counts };
  counts[notebook.code === 0 ? 'passed' : 'failed'] += 1;
  const wrong = [runtime, notebook].filter(({ code }) => code !== 0).map(({ output }) => output.trimEnd());
  const took = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(
    `${wrong.length > 0 ? `${wrong.join('\n')}\n` : ''}${wrong.length > 0 ? '✗' : '✓'} ${base.version.padEnd(8)} ` +
      `${runtime.counts.passed} tests of the step runtime${runtime.counts.skipped ? ` (${runtime.counts.skipped} skipped)` : ''}, ` +
      `cellway verify of a notebook${notebook.code === 0 ? '' : ` ended with ${notebook.code}`} (${took} s)\n`
  );
  return counts;
}

async function runtimeTests(root, python, scratch) {
  mkdirSync(scratch, { recursive: true });
  const report = join(scratch, 'pytest.xml');
  const options = ['-q', '-p', 'no:cacheprovider', `--junitxml=${report}`, `--basetemp=${join(scratch, 'tests')}`];
  const { code, output } = await command(python, ['-m', 'pytest', ...options, ...TESTS], { cwd: root });
  return { code, output, counts: pytestCounts(report, code) };
}

/** The notebook's kernel is the environment's Python, by a kernelspec of its own. */
async function notebookTest(root, cellway, python, scratch) {
  const kernel = join(scratch, 'jupyter', 'kernels', 'cellway-other-python');
  mkdirSync(kernel, { recursive: true });
  const argv = [python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'];
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify({ argv, display_name: 'Other', language: 'python' }));
  const notebook = join(root, 'tests', 'pythons', 'small.ipynb');
  return command(cellway, ['verify', notebook, '--data', join(scratch, 'data')], {
    env: { ...process.env, JUPYTER_PATH: join(scratch, 'jupyter') }
  });
}
