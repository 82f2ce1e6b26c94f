import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import type { GitState } from '@cellway/core/api';

/** The commit that a notebook's folder stands at; null where there is no repository, or no git. */
export async function gitState(notebook: string): Promise<GitState | null> {
  const folder = dirname(notebook);
  const [head, status] = await Promise.all([
    git(folder, ['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD']),
    git(folder, ['status', '--porcelain', '--', `./${basename(notebook)}`])
  ]);
  const [commit, branch] = head?.split('\n') ?? [];
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return null;
  return { commit, branch: branch === undefined || branch === 'HEAD' ? null : branch, dirty: status !== '' };
}

/** What git says, null when it fails or takes long. A repository's own configuration must not run programs here. */
function git(folder: string, args: readonly string[]): Promise<string | null> {
  const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks'];
  return new Promise(resolve => {
    execFile(
      'git',
      [...safe, '-C', folder, ...args],
      { timeout: 2000, env: { ...process.env, GIT_TERMINAL_PROMPT: '0' }, maxBuffer: 1 << 20 },
      (error, stdout) => resolve(error === null ? stdout.trimEnd() : null)
    );
  });
}
