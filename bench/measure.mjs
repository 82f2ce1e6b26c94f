// Taking times: whole commands, and what a run's own events say.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../scripts/setup/problem.mjs';

export const median = values => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Runs a command to its end; returns seconds and stdout. A failure ends the row: a figure of it would mean nothing. */
export function timed(program, args, options = {}) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    ...options
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) {
    throw new Problem(
      `${program} ${args.join(' ')} ended with ${status}.`,
      'The lines above are the end of its output.',
      `${stdout}${stderr}`.slice(-3000)
    );
  }
  return { seconds, stdout };
}

/** The median seconds of `times` runs of a command. */
export const typical = (times, program, args, options) =>
  median(Array.from({ length: times }, () => timed(program, args, options).seconds));

/** Runs `work(folder)` with a scratch folder that is removed afterwards. */
export async function inScratch(work) {
  const folder = mkdtempSync(join(tmpdir(), 'cellway-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One `cellway run --json` with a data folder of its own: whole seconds, and its events. */
export function cellwayRun(tools, notebook, data, ...options) {
  const env = { ...process.env, CELLWAY_DATA: data };
  const { seconds, stdout } = timed(tools.cellway, ['run', notebook, '--json', ...options], { env });
  const events = stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line));
  return { seconds, events };
}

/** Seconds from the engine's start of a run to its end. */
export function engineSeconds(events) {
  const run = state => events.find(event => event.type === 'run' && event.state === state).t;
  return run('succeeded') - run('started');
}

/** When a step ended, in seconds since the epoch. */
export const endOf = (events, step) =>
  events.findLast(event => event.type === 'step' && event.step === step && event.state === 'succeeded').t;
