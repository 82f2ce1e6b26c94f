import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Folder that holds the Python package `cellway`: the program is `cellway/bridge/cellway.mjs` in it; in a checkout the
 * sources lie beside it. Null when there is none above `start`.
 */
export function runtimeFolder(start: string = process.argv[1] ?? '.'): string | null {
  const candidates = [existsSync(start) ? realpathSync(start) : start, join(process.cwd(), 'x')];
  for (const candidate of candidates) {
    for (let at = dirname(candidate); ; at = dirname(at)) {
      if (existsSync(join(at, 'cellway', 'runtime', '__main__.py'))) return at;
      if (at === dirname(at)) break;
    }
  }
  return null;
}
