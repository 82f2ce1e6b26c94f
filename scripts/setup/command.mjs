// Commands that set-up runs: their output is kept for the report of a failure.
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * Runs a command to its end, without standard input. `onLine` hears each line that it says, as it does.
 * @returns {Promise<{code: number, output: string}>} 127 when there is no such program; output is stdout and stderr
 */
export function command(program, args, { onLine, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = chunk => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    if (onLine)
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
    child.on('error', error => resolve({ code: 127, output: String(error.message) }));
    child.on('close', code => resolve({ code: code ?? 1, output }));
  });
}

/** The program's path as the shell would find it, or null. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder && isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not for us: the next folder may have it
  }
}
