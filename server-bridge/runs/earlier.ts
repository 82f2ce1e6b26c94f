import { buildOf, factsOf, type Missing, UpstreamSearch } from '../engines/local/cache';
import { futuresFor, parametersOf } from '../engines/local/step-file';
import type { Store } from '../store';
import type { Earlier, RunFile } from './folder';
import { type Plan, select } from './plan';
import { type Refusal, refused } from './refusal';

/**
 * Results of earlier runs for the steps (`taken`) that a run does not run; a refusal names those that are missing, and
 * why. `surroundings`: the environment that the run's steps start from.
 */
export async function earlierResults(
  run: RunFile,
  plan: Plan,
  taken: readonly string[],
  store: Store,
  surroundings: Readonly<Record<string, string | undefined>>
): Promise<ReadonlyMap<string, Earlier> | Refusal> {
  const sources = new Map(run.cells.map(cell => [cell.id, cell.source]));
  const search = new UpstreamSearch({
    store,
    owner: { principal: run.principal, profile: run.profile },
    notebook: run.notebook,
    nodes: plan.nodes,
    sourceOf: cell => sources.get(cell) ?? '',
    parametersOf: node => parametersOf(run, node),
    futuresOf: node => futuresFor(run, node),
    interpreter: await factsOf(store, run.interpreter, surroundings),
    environment: run.environment,
    surroundings,
    build: buildOf(run.runtime)
  });
  const { found, missing } = await search.find(taken);
  if (missing.length > 0) {
    const refusal = refused({
      code: 'upstream-missing',
      message: `No earlier run has a result that holds now of ${missing.map(({ step, why }) => `step ${step} (${why.join('; ')})`).join(', ')}.`,
      name: missing.map(({ step }) => step).join(', '),
      fix: await advice(run, plan, search, missing)
    });
    return { ...refusal, missing: missing.map(one => ({ ...one, names: namesFrom(one.step, run, plan, taken) })) };
  }
  return new Map(
    [...found].map(([name, { execution, folder, reusable }]) => [
      name,
      { execution, folder, from: reusable ? 'cache' : 'earlier-run' }
    ])
  );
}

/** Values of a step that the steps which run, and the results which are taken with it, need. */
function namesFrom(step: string, { selected }: RunFile, plan: Plan, taken: readonly string[]): readonly string[] {
  const needing = plan.nodes.filter(node => selected.includes(node.name) || taken.includes(node.name));
  const names = needing.flatMap(node => node.inputs.filter(input => input.from === step).map(input => input.name));
  return [...new Set(names)];
}

/** What would give the missing results: a `--from` is only named when what it needs is there. */
async function advice(run: RunFile, plan: Plan, search: UpstreamSearch, missing: readonly Missing[]): Promise<string> {
  const values = Object.keys(run.given).length > 0 ? ' with the same -p values' : '';
  const { step } = missing[0]!;
  const { taken } = select(plan, { from: step });
  const possible = taken.length > 0 && (await search.find(taken)).missing.length === 0;
  const from = possible ? `, or from ${step} on (--from ${step})` : '';
  return `Run the notebook as a whole once${values}${from}.`;
}
