import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Notebook } from '@cellway/core/notebook';
import { moduleNames, type PipelineContext } from '@cellway/core/pipeline';
import type { Version } from '../engines/local/interpreter';
import { readEvidence } from '../evidence';

/**
 * What this machine knows that decides a notebook's pipeline: the kernel's Python, the modules beside the notebook, what earlier
 * runs saw. `data`: the data folder.
 */
export function contextOf(path: string, notebook: Notebook, data: string, python: Version): PipelineContext {
  const local = localModules(dirname(path)).filter(module => mentions(notebook, module));
  return {
    python,
    stars: localStars(dirname(path), notebook, local),
    local,
    evidence: readEvidence(data, resolve(path))
  };
}

/** What `from module import *` binds, for the modules beside the notebook that a cell imports so. */
function localStars(
  folder: string,
  notebook: Notebook,
  local: readonly string[]
): Readonly<Record<string, readonly string[]>> {
  const textOf = (module: string): string | null => {
    const base = join(folder, ...module.split('.'));
    const path = [`${base}.py`, join(base, '__init__.py')].find(existsSync);
    return path === undefined ? null : readFileSync(path, 'utf8');
  };
  const modules = new Set(
    notebook.cells
      .filter(cell => cell.kind === 'code')
      .flatMap(cell => [...cell.source.matchAll(/^[ \t]*from[ \t]+([\p{L}_][\p{L}\p{N}_.]*)[ \t]+import[ \t]+\*/gmu)])
      .map(match => match[1]!)
      .filter(module => local.includes(module.split('.')[0]!))
  );
  const known = [...modules].map(module => [module, moduleNames(module, textOf)] as const);
  return Object.fromEntries(known.filter((entry): entry is [string, readonly string[]] => entry[1] !== null));
}

/** Top-level modules that a folder's files and folders make. */
function localModules(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const modules = entries.flatMap(entry => {
    const name = entry.isDirectory() ? entry.name : /^(.+)\.py$/.exec(entry.name)?.[1];
    return name !== undefined && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? [name] : [];
  });
  return [...new Set(modules)].sort();
}

/** Only what the notebook names is in its context, so that another file beside it changes nothing. */
function mentions(notebook: Notebook, module: string): boolean {
  return notebook.cells.some(cell => cell.kind === 'code' && cell.source.includes(module));
}
