import type { RunFile } from '../../runs/folder';
import type { Store } from '../../store';
import { buildOf, Cache, type EarlierFiles, factsOf, type InterpreterFacts } from './cache';

/** The cache as a run sees it. `surroundings`: the environment that its steps start from. */
export function cacheOf(
  run: RunFile,
  store: Store,
  surroundings: Readonly<Record<string, string | undefined>>,
  earlierFiles: EarlierFiles
): Cache {
  const sources = new Map(run.cells.map(cell => [cell.id, cell.source]));
  let facts: Promise<InterpreterFacts> | null = null;
  const interpreter = () => {
    facts ??= factsOf(store, run.interpreter, surroundings);
    return facts;
  };
  return new Cache({
    store,
    owner: { principal: run.principal, profile: run.profile },
    notebook: run.notebook.path,
    folder: run.notebook.folder,
    interpreter,
    environment: run.environment,
    surroundings,
    sourceOf: cell => sources.get(cell) ?? '',
    earlierFiles,
    build: buildOf(run.runtime)
  });
}
