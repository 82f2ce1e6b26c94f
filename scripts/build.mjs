#!/usr/bin/env node
// Bundles the command line and the bridge into cellway/bridge. Commands are chunks of their own, loaded when asked for.
// Does nothing when no input changed since the last build; `--force` builds in any case.
import { createHash } from 'node:crypto';
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { warm } from './warm.mjs';

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

/** Sources of the step runtime: not bundled, but part of what a build is. */
function runtimeFiles() {
  const folder = join(root, 'cellway', 'runtime');
  return readdirSync(folder, { recursive: true })
    .filter(name => name.endsWith('.py'))
    .map(name => join('cellway', 'runtime', name));
}

/** What decides steps and their results; the command line only shows them. */
function digestOf(files) {
  const hash = createHash('sha256');
  for (const path of files.filter(path => !path.startsWith('server-bridge/cli/')).sort()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** How long a command that has started may still ask for a chunk of the build before, in milliseconds. */
const GRACE = 10 * 60_000;

/**
 * Commands run while this builds: at each moment the entry point is there and so are the chunks that it names. Chunks are
 * named by their content, so new ones go beside the old ones; the entry is replaced in one step; old chunks go later.
 */
function putInPlace(fresh) {
  const chunks = join(target, 'chunks');
  mkdirSync(chunks, { recursive: true });
  const names = readdirSync(join(fresh, 'chunks'));
  for (const name of names) {
    renameSync(join(fresh, 'chunks', name), join(chunks, name));
  }
  for (const name of readdirSync(fresh).filter(name => name !== 'chunks')) {
    renameSync(join(fresh, name), join(target, name));
  }
  rmSync(fresh, { recursive: true });
  for (const name of readdirSync(chunks).filter(name => !names.includes(name))) {
    const stat = statSync(join(chunks, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > GRACE) {
      rmSync(join(chunks, name), { force: true });
    }
  }
}

/**
 * Takes Node's own modules without `import`, which makes all that a module exports ready: for `node:fs` its promises,
 * and with them readline and a dozen others, 7 ms of every start.
 */
const builtins = {
  name: 'builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`
    }));
  }
};

/** What an importer knows by that name is built already: it lies at a path beside it. */
const already = (importer, name, path) => ({
  name: 'already',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, from =>
      from.importer === importer && from.path === name ? { path, external: true } : undefined
    );
  }
});

const settings = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  // Less to read at each start: a twentieth of what `graph` takes on a large notebook. Source maps lead back.
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  alias: { '@cellway/core': join(root, 'core') },
  loader: { '.wasm': 'file' },
  // Packages in CommonJS ask for node's modules by require.
  banner: {
    js: "import { createRequire as cellwayRequire } from 'node:module'; const require = cellwayRequire(import.meta.url);"
  },
  logLevel: 'warning',
  plugins: [builtins]
};

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** What builds left that were stopped. */
function removeLeftovers() {
  const folder = dirname(target);
  for (const name of readdirSync(folder)) {
    const pid = /^bridge\.(\d+)\.new$/.exec(name)?.[1];
    if (pid !== undefined && !runs(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

if (!unchanged()) {
  const start = performance.now();
  removeLeftovers();
  const fresh = `${target}.${process.pid}.new`;
  const analysis = await build({
    ...settings,
    entryPoints: { analysis: 'server-bridge/cli/analysis.ts' },
    outdir: join(fresh, 'chunks'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]'
  });
  const built = Object.keys(analysis.metafile.outputs).find(path => /\/analysis-\w+\.mjs$/.test(path));
  const commands = await build({
    ...settings,
    entryPoints: { cellway: 'server-bridge/cli/main.ts', 'compile-worker': 'server-bridge/service/compile-worker.ts' },
    outdir: fresh,
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [
      ...settings.plugins,
      already(join(root, 'server-bridge', 'cli', 'main.ts'), './analysis', `./chunks/${basename(built)}`)
    ]
  });
  const bundled = [...new Set([analysis, commands].flatMap(({ metafile }) => Object.keys(metafile.inputs)))].filter(
    path => !path.startsWith('builtin:')
  );
  const inputs = [...bundled, ...runtimeFiles(), relative(root, fileURLToPath(import.meta.url))].sort();
  writeFileSync(join(fresh, 'build.json'), JSON.stringify({ digest: digestOf([...bundled, ...runtimeFiles()]) }));
  writeFileSync(
    join(fresh, 'inputs.json'),
    JSON.stringify(Object.fromEntries(inputs.map(path => [path, stateOf(path)])))
  );
  putInPlace(fresh);
  warm(process.execPath, join(target, 'cellway.mjs'), join(root, 'examples'));
  process.stdout.write(`built ${relative(root, target)} in ${Math.round(performance.now() - start)} ms\n`);
}
