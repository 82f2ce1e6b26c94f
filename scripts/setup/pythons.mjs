// Other Pythons of this machine: by their names on PATH, and in pyenv's folder.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { command, which } from './command.mjs';

const ASK = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); print(sys.base_prefix)';

/**
 * The first Python of the given minor version (`3.9`) that runs; null when there is none.
 * @returns {Promise<{program: string, version: string, prefix: string} | null>}
 */
export async function pythonOf(minor) {
  for (const program of [which(`python${minor}`), ...pyenv(minor)]) {
    if (!program || !existsSync(program)) continue;
    const { code, output } = await command(program, ['-c', ASK]);
    const [version, prefix] = output.trim().split('\n');
    // pyenv's own `python3.9` on PATH runs only where that version is chosen
    if (code === 0 && version.startsWith(`${minor}.`)) return { program, version, prefix };
  }
  return null;
}

/** Programs of that version under pyenv, newest first. */
function pyenv(minor) {
  const folder = join(process.env.PYENV_ROOT || join(homedir(), '.pyenv'), 'versions');
  if (!existsSync(folder)) return [];
  const patch = name => Number(name.split('.')[2]) || 0;
  return readdirSync(folder)
    .filter(name => name.startsWith(`${minor}.`))
    .sort((a, b) => patch(b) - patch(a))
    .map(name => join(folder, name, 'bin', `python${minor}`));
}
