// What is built from the sources: made again when one of them changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.mjs';
import { Problem } from './problem.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

/** The command line and the bridge. */
const BRIDGE = {
  part: 'build',
  script: 'scripts/build.mjs',
  target: 'bridge',
  sources: ['core', 'server-bridge', 'scripts/build.mjs', 'package-lock.json']
};

/** The JupyterLab extension. */
const LAB = {
  part: 'JupyterLab extension',
  script: 'scripts/build-lab.mjs',
  target: 'labextension',
  sources: ['core', 'src', 'style', 'schema', 'labextension.config.cjs', 'package.json', 'package-lock.json']
};

/** Makes `root/cellway/bridge` and `root/cellway/labextension` the builds of the sources as they are. */
export async function setUpBuilds(root, node, say) {
  for (const build of [BRIDGE, LAB]) await setUp(root, node, say, build);
}

/** Does nothing when it already is what the sources make. */
async function setUp(root, node, say, { part, script, target, sources }) {
  const stampFile = join(root, 'dist', 'setup', `${target}.json`);
  const state = stateOf(root, [...sources, script]);
  if (readStamp(stampFile)?.sources === state && existsSync(join(root, 'cellway', target))) return;
  const done = say(part);
  const { code, output } = await command(node, [script], { cwd: root });
  if (code !== 0)
    throw new Problem('The build failed.', `node ${script} shows the whole message.`, output.slice(-4000));
  writeStamp(stampFile, { sources: state });
  done('done');
}

/** A digest of the sources' names, sizes and times: reading them all would cost more than it saves. */
function stateOf(root, sources) {
  const hash = createHash('sha256');
  const visit = path => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) return void hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    for (const name of readdirSync(join(root, path)).sort()) {
      if (name !== 'node_modules' && !/\.test\.tsx?$/.test(name)) visit(`${path}/${name}`);
    }
  };
  sources.forEach(visit);
  return hash.digest('hex');
}
