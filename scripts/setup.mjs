#!/usr/bin/env node
// Sets a clone up: .venv, node_modules, the build. Safe to repeat, to interrupt and to run twice at once; takes a
// moment when nothing is missing. Needs Node ≥ 18 and Python ≥ 3.9; what it fetched is kept in the user's cache folder.
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpBuilds } from './setup/builds.mjs';
import { withLock } from './setup/lock.mjs';
import { setUpPackages } from './setup/packages.mjs';
import { explain, Problem } from './setup/problem.mjs';
import { Progress, secondsSince } from './setup/progress.mjs';
import { nodeOf, npmOf, setUpPython } from './setup/python.mjs';

export const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));

/**
 * Sets up what is missing.
 * @returns {Promise<{root: string, venv: string, python: string, node: string, cellway: string}>} where the programs are
 */
export function setUp() {
  const wait = pid => process.stderr.write(`set-up: waiting for another one (process ${pid}) in this folder\n`);
  return withLock(join(root, 'dist', 'setup', 'lock'), parts, wait);
}

async function parts() {
  const python = setUpPython(root, say);
  const spareNpm = async () => {
    const venv = await python;
    return { program: nodeOf(venv), args: [npmOf(venv)] };
  };
  const results = await Promise.allSettled([python, setUpPackages(root, say, spareNpm)]);
  const failed = results.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  const venv = await python;
  const node = nodeOf(venv);
  await setUpBuilds(root, node, say);
  return { root, venv, node, python: join(venv, 'bin', 'python'), cellway: join(venv, 'bin', 'cellway') };
}

const progress = new Progress(process.stderr);

/** Says that a part begins; the returned function says how it went and how long it took, its `doing` what is done now. */
export const say = part => progress.begin(part);

/** Runs a script's main function: its value is the exit code; a problem is explained, not dumped. */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    progress.stop();
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(explain(error));
    process.exitCode = 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main(async () => {
    const start = performance.now();
    const { cellway } = await setUp();
    process.stdout.write(`set-up: ready in ${secondsSince(start)}; the command line is ${cellway}\n`);
    return 0;
  });
}
