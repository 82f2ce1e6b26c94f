// The built bridge and command line: made again when a source changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.mjs';
import { Problem } from './problem.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

const SOURCES = ['core', 'server-bridge', 'scripts/build.mjs', 'package-lock.json'];

/** Makes `root/cellway/bridge` the build of the sources as they are. Does nothing when it already is. */
export async function setUpBridge(root, node, say) {
  const stampFile = join(root, 'dist', 'setup', 'bridge.json');
  const sources = state(root);
  if (readStamp(stampFile)?.sources === sources && existsSync(join(root, 'cellway', 'bridge'))) return;
  const done = say('build');
  const { code, output } = await command(node, ['scripts/build.mjs'], { cwd: root });
  if (code !== 0)
    throw new Problem('The build failed.', 'node scripts/build.mjs shows the whole message.', output.slice(-4000));
  writeStamp(stampFile, { sources });
  done('done');
}

/** A digest of the sources' names, sizes and times: reading them all would cost more than it saves. */
function state(root) {
  const hash = createHash('sha256');
  const visit = path => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false });
    if (!stat) return;
    if (!stat.isDirectory()) return void hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
    for (const name of readdirSync(join(root, path)).sort()) {
      if (name !== 'node_modules' && !name.endsWith('.test.ts')) visit(`${path}/${name}`);
    }
  };
  SOURCES.forEach(visit);
  return hash.digest('hex');
}
