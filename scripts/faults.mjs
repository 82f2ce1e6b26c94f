#!/usr/bin/env node
// `npm run test:faults [-- --kills N] [--seed N]`: kills processes of real runs at random moments and prints what was lost.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { main, setUp } from './setup.mjs';

await main(async () => {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '40' }, seed: { type: 'string', default: String(Date.now()) } }
  });
  const { root, venv, node } = await setUp();
  process.stdout.write(`${values.kills} kills, seed ${values.seed}\n`);
  const { status } = spawnSync(
    node,
    ['--disable-warning=ExperimentalWarning', join(root, 'node_modules', '.bin', 'jest'), 'tests/faults'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        PATH: [dirname(node), join(venv, 'bin'), process.env.PATH].join(delimiter),
        CELLWAY_KILLS: values.kills,
        CELLWAY_SEED: values.seed
      }
    }
  );
  return status ?? 1;
});
