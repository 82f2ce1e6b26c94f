#!/usr/bin/env node
// `npm run demo`: sets up what is missing, then runs the first notebook of examples/ on the local engine.
// Further arguments go to `cellway run`.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main, setUp } from './setup.mjs';

await main(async () => {
  const { root, cellway } = await setUp();
  const first = readdirSync(join(root, 'examples'))
    .filter(name => name.endsWith('.ipynb'))
    .sort()[0];
  const args = ['run', join('examples', first), ...process.argv.slice(2)];
  process.stderr.write(`\n$ ${relative(root, cellway)} ${args.join(' ')}\n`);
  return spawnSync(cellway, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
});
