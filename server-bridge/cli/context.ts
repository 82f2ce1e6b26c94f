import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Notebook } from '@cellway/core/notebook';
import type { PipelineContext } from '@cellway/core/pipeline';

/** What this machine knows that decides a notebook's pipeline: the Python, and the modules beside the notebook. */
export function contextOf(path: string, notebook: Notebook): PipelineContext {
  const local = localModules(dirname(path)).filter(module => mentions(notebook, module));
  return { python: pythonVersion(), stars: {}, local };
}

function pythonVersion(): readonly [number, number] {
  const [major, minor] = (process.env.CELLWAY_PYTHON_VERSION ?? '').split('.').map(Number);
  return Number.isInteger(major) && Number.isInteger(minor) ? [major!, minor!] : [3, 11];
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
