#!/usr/bin/env node
// Bundles the JupyterLab extension (src, style, schema, and core beside them) into cellway/labextension. Further arguments
// go to JupyterLab's builder: `--development`, `--watch`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { resolve } = createRequire(import.meta.url);

// As jupyter-builder starts it, without a Python in between.
const builder = join(dirname(resolve('@jupyter/builder/package.json')), 'lib', 'build-labextension.js');
const core = join(root, 'node_modules', '@jupyterlab', 'core-meta', 'core.package.json');
const { status } = spawnSync(process.execPath, [builder, '--core-package-file', core, ...process.argv.slice(2), root], {
  cwd: root,
  stdio: 'inherit'
});
process.exitCode = status ?? 1;
if (status === 0 && !existsSync(join(root, 'cellway', 'labextension', 'package.json'))) process.exitCode = 1;
