import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Digest of the runtime, the analysis and the engine, made when they were built: what another build left may be wrong, or
 * lack what this one says. `runtime`: folder that holds the Python package.
 */
export function buildOf(runtime: string): string {
  const path = join(runtime, 'cellway', 'bridge', 'build.json');
  if (!existsSync(path)) return 'not built';
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly digest: string }).digest;
}
