#!/usr/bin/env node
// Bundles the command line and the bridge into cellway/bridge. Commands are chunks of their own, loaded when asked for.
// Does nothing when no input changed since the last build; `--force` builds in any case.
import { build } from 'esbuild';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'cellway', 'bridge');
const stamp = join(target, 'inputs.json');

/** Size and time of each input: enough to see an edit, and quick. */
const stateOf = path => {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : 'gone';
};

function unchanged() {
  if (process.argv.includes('--force') || !existsSync(stamp)) {
    return false;
  }
  const inputs = Object.entries(JSON.parse(readFileSync(stamp, 'utf8')));
  return inputs.length > 0 && inputs.every(([path, state]) => stateOf(path) === state);
}

if (!unchanged()) {
  const start = performance.now();
  const fresh = `${target}.${process.pid}.new`;
  const result = await build({
    absWorkingDir: root,
    entryPoints: { cellway: 'server-bridge/cli/main.ts' },
    outdir: fresh,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.13',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    alias: { '@cellway/core': join(root, 'core') },
    loader: { '.wasm': 'file' },
    // Packages in CommonJS ask for node's modules by require.
    banner: {
      js: "import { createRequire as cellwayRequire } from 'node:module'; const require = cellwayRequire(import.meta.url);"
    },
    logLevel: 'warning'
  });
  const inputs = [...Object.keys(result.metafile.inputs), relative(root, fileURLToPath(import.meta.url))].sort();
  writeFileSync(
    join(fresh, 'inputs.json'),
    JSON.stringify(Object.fromEntries(inputs.map(path => [path, stateOf(path)])))
  );
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  process.stdout.write(`built ${relative(root, target)} in ${Math.round(performance.now() - start)} ms\n`);
}
