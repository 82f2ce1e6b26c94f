// The npm side: `node_modules` as package-lock.json has it, from the cache folder where it is there.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, keep, keyOf } from './cache.mjs';
import { command, which } from './command.mjs';
import { installProblem, Problem } from './problem.mjs';
import { npmDoing } from './progress.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { linkTree } from './trees.mjs';

// npm writes its own list of what is installed in place: it must not be shared with the cache.
const WRITTEN_IN_PLACE = path => path === '.package-lock.json';

/**
 * Makes `root/node_modules` what package-lock.json says. Does nothing when it already is.
 * @param {() => Promise<{program: string, args: string[]}>} spareNpm an npm for machines without one
 */
export async function setUpPackages(root, say, spareNpm) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const modules = join(root, 'node_modules');
  const stampFile = join(modules, '.cellway-setup.json');
  const key = keyOf(lock, process.versions.modules, process.platform, process.arch);
  if (readStamp(stampFile)?.key === key) return;
  const done = say('npm packages');
  if (agrees(lock, modules)) {
    writeStamp(stampFile, { key });
    return done('found in node_modules');
  }
  const folders = ['.', ...workspaces(lock)];
  const entry = cached('node', key);
  if (entry) {
    place(entry, root, folders);
  } else {
    await install(root, spareNpm, done);
    await keep('node', key, made => collect(root, made, folders));
  }
  writeStamp(stampFile, { key });
  done(entry ? 'from the cache' : 'installed');
}

/** True when a node_modules that we did not make holds what the lock names: npm's own list there says so. */
function agrees(lock, modules) {
  const list = readStamp(join(modules, '.package-lock.json'));
  if (!list) return false;
  const here = list.packages ?? {};
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.resolved === b.resolved;
  return Object.entries(JSON.parse(lock).packages).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true; // the project itself and its workspaces
    return path in here ? same(wanted, here[path]) : Boolean(wanted.optional);
  });
}

const workspaces = lock =>
  Object.keys(JSON.parse(lock).packages).filter(path => path && !path.split('/').includes('node_modules'));

/** Where an entry keeps a folder's node_modules (a workspace may have some of its own). */
const slot = (entry, folder) => join(entry, folder === '.' ? 'root' : encodeURIComponent(folder));

function place(entry, root, folders) {
  for (const folder of folders) {
    const modules = join(root, folder, 'node_modules');
    rmSync(modules, { recursive: true, force: true });
    if (!existsSync(slot(entry, folder))) continue;
    const fresh = join(root, 'dist', 'setup', 'node_modules'); // moved when whole, lest a half looks like npm's work
    rmSync(fresh, { recursive: true, force: true });
    linkTree(slot(entry, folder), fresh, WRITTEN_IN_PLACE);
    renameSync(fresh, modules);
  }
}

function collect(root, made, folders) {
  for (const folder of folders) {
    const modules = join(root, folder, 'node_modules');
    if (existsSync(modules) && readdirSync(modules).length > 0) linkTree(modules, slot(made, folder), WRITTEN_IN_PLACE);
  }
}

async function install(root, spareNpm, progress) {
  const npm = which('npm');
  const { program, args } = npm ? { program: npm, args: [] } : await spareNpm();
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  // npm tells of each package only at this level; the failure is told without those lines.
  const counted = npmDoing();
  const { code, output: all } = await command(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=http'], {
    cwd: root,
    onLine: line => progress.doing(counted(line))
  });
  if (code === 0) return;
  const output = all.replace(/^npm http .*\n/gm, '');
  if (code === 127) throw new Problem('npm is missing.', 'On Debian or Ubuntu: apt-get install npm');
  if (/EUSAGE|can only install packages when your package.json/.test(output)) {
    throw new Problem(
      'package.json and package-lock.json do not agree.',
      'Run npm install, look at what changed, and commit the lock.',
      output
    );
  }
  throw installProblem('The npm packages', 'npm registry', output);
}
