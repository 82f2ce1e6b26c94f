import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { paths } from './folder';

/**
 * The environment that a run's processes get is its starter's, not the bridge's. It may hold secrets: only the owner can
 * read the file, and it is removed when the run has ended.
 */
export function keepEnvironment(folder: string, env: NodeJS.ProcessEnv): void {
  writeFileSync(paths.environment(folder), JSON.stringify(env), { mode: 0o600 });
}

/** That of the run; this process's where none was kept. */
export function keptEnvironment(folder: string): NodeJS.ProcessEnv {
  const path = paths.environment(folder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as NodeJS.ProcessEnv) : process.env;
}

export function forgetEnvironment(folder: string): void {
  rmSync(paths.environment(folder), { force: true });
}
