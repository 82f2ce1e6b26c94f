import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { errno } from '../runs/errno';

/** The user's home: `$HOME`, else what the system has; the root for a user whom it does not know (in containers). */
export function homeOf(env: NodeJS.ProcessEnv): string {
  if (env.HOME && isAbsolute(env.HOME)) return env.HOME;
  try {
    return userInfo().homedir;
  } catch (error) {
    if (errno(error) === null) throw error;
    return '/';
  }
}

/** A base folder of the XDG specification, by which a relative path in the variable counts for nothing. */
export function xdgHome(env: NodeJS.ProcessEnv, variable: string, ...otherwise: readonly string[]): string {
  const given = env[variable];
  return given !== undefined && isAbsolute(given) ? given : join(homeOf(env), ...otherwise);
}
