#!/usr/bin/env node
// `npm run test:examples [-- PART…]`: `cellway verify` on the small notebooks of tests/equivalence, then on each example as
// it is split and with each cell a step of its own. Slow (each notebook runs in two kernels and as a pipeline): a suite of
// its own. PART: only those whose name has it. Ends with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, setUp } from './setup.mjs';
import { verifyCases } from './verify-cases.mjs';

await main(async () => {
  const { root, cellway } = await setUp();
  const wanted = process.argv.slice(2);
  const notebooks = readdirSync(join(root, 'examples'))
    .filter(name => name.endsWith('.ipynb') && (wanted.length === 0 || wanted.some(part => name.includes(part))))
    .sort();
  const data = mkdtempSync(join(tmpdir(), 'cellway-examples-'));
  let passed = 0;
  let failed = 0;
  try {
    ({ passed, failed } = verifyCases(root, cellway, data, wanted.includes('cases') ? [] : wanted));
    for (const name of notebooks) {
      for (const flags of [[], ['--each-cell']]) {
        const start = performance.now();
        const argv = ['verify', join(root, 'examples', name), ...flags, '--data', data];
        const { status, stdout, stderr } = spawnSync(cellway, argv, { encoding: 'utf8' });
        const ok = status === 0;
        const seconds = ((performance.now() - start) / 1000).toFixed(0);
        process.stdout.write(`${ok ? '✓' : '✕'} ${[name, ...flags].join(' ')}  ${seconds} s\n`);
        if (!ok) process.stdout.write(`${stdout}${stderr}exit ${status}\n`);
        if (ok) passed += 1;
        else failed += 1;
      }
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
});
