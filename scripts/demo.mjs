#!/usr/bin/env node
// `npm run demo [-- --once]`: sets up what is missing, runs the first notebook of examples/ on the local engine, then
// serves JupyterLab with the examples until it is stopped; with `--once` it ends instead. Further arguments go to
// `cellway run`.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { main, setUp } from './setup.mjs';

await main(async () => {
  const { root, venv, cellway } = await setUp();
  const first = readdirSync(join(root, 'examples'))
    .filter(name => name.endsWith('.ipynb'))
    .sort()[0];
  const more = process.argv.slice(2);
  const once = more.includes('--once');
  const args = ['run', join('examples', first), ...more.filter(one => one !== '--once')];
  process.stderr.write(`\n$ ${relative(root, cellway)} ${args.join(' ')}\n`);
  const code = spawnSync(cellway, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
  return once || code !== 0 ? code : serveLab(root, venv, first);
});

/** JupyterLab on loopback. It prints its address, with a token; Ctrl-C ends it. */
function serveLab(root, venv, notebook) {
  const address = `/lab/tree/${notebook}`;
  process.stderr.write(
    '\nJupyterLab with the examples; open the address below, and the Cellway tab at the left. Ctrl-C ends it.\n'
  );
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const lab = spawn(
    join(venv, 'bin', 'jupyter'),
    ['lab', '--no-browser', '--ip=127.0.0.1', `--LabApp.default_url=${address}`, ...asRoot],
    {
      cwd: join(root, 'examples'),
      stdio: 'inherit',
      env: { ...process.env, PATH: `${join(venv, 'bin')}:${process.env.PATH}` }
    }
  );
  // It asks, or ends, by itself: the signal reaches both.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => lab.kill('SIGTERM'));
  return new Promise(resolve => {
    lab.on('exit', code => resolve(code ?? 0));
    lab.on('error', error => {
      process.stderr.write(`JupyterLab cannot be started: ${error.message}\n`);
      resolve(1);
    });
  });
}
