import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { GitState, Json, Origin, Pipeline, Replay, Step } from '@cellway/core/api';
import { digest } from '@cellway/core/notebook';
import { askFacts, buildOf, recalledFacts, UpstreamSearch } from '../engines/local/cache';
import type { Interpreter } from '../engines/local/interpreter';
import { futuresFor, parametersOf } from '../engines/local/step-file';
import { isStore, localOwner, openStore, type Owner, type Store } from '../store';
import { makeDataFolder, storageRefusal } from './data-folder';
import { EventLog } from './log';
import {
  type CellSource,
  dataFolder,
  type Earlier,
  paths,
  type Run,
  type RunFile,
  moveDurably,
  type RunOptions,
  writeAtomically
} from './folder';
import { runId } from './id';
import { type Plan, planOf, select } from './plan';
import { type Refusal, refused } from './refusal';
import { keepEnvironment } from './environment';
import { keepReserve } from './reserve';
import { runRow } from './row';
import { runtimeFolder } from './runtime';

export interface RunRequest {
  readonly pipeline: Pipeline;
  readonly notebook: {
    /** Absolute. */
    readonly path: string;
    /** The file's text: what the run's notebook is made from. */
    readonly text: string;
  };
  /** All code cells of the pipeline, as analysed. */
  readonly cells: readonly CellSource[];
  /** Given parameter values, checked already. */
  readonly parameters?: Readonly<Record<string, Json>>;
  readonly interpreter: Interpreter;
  readonly options?: Partial<RunOptions>;
  /** Every replayable name's source (`Dataflow.definitions`); absent: those of the steps' replay. */
  readonly definitions?: Readonly<Record<string, readonly Replay[]>>;
  readonly data?: string;
  /** Folder that holds the Python package `cellway`; absent: found beside this program. */
  readonly runtime?: string;
  readonly owner?: Owner;
  /** Of the run; absent: the pipeline's. */
  readonly name?: string;
  readonly experiment?: string | null;
  readonly git?: GitState | null;
  readonly origin?: Origin | null;
  /** Results that are taken instead of running their steps; absent: what `only` and `from` ask for. */
  readonly taken?: ReadonlyMap<string, Earlier>;
  /** Of the steps' processes; absent: this process's. */
  readonly surroundings?: NodeJS.ProcessEnv;
  /** Absent: a new one. */
  readonly id?: string;
}

const threadCounts = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS'
];

/** The same for all steps of a run: the order of string sets and the last bits of BLAS depend on it. */
export function runEnvironment(env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const cores = String(availableParallelism());
  return {
    PYTHONHASHSEED: env.PYTHONHASHSEED || '0',
    // Threads that wait for each other must not spin: steps side by side would take each other's cores (9 s became 130 s).
    OMP_WAIT_POLICY: env.OMP_WAIT_POLICY || 'PASSIVE',
    ...Object.fromEntries(threadCounts.map(name => [name, env[name] || cores]))
  };
}

/** Features that each cell switches on for those after it. */
function futuresOf(cells: readonly CellSource[]): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const { index, source } of cells) {
    const names = [...source.matchAll(/^from[ \t]+__future__[ \t]+import[ \t]+\(?([\w \t,\n]+)\)?/gm)].flatMap(match =>
      match[1]!.split(/[\s,]+/).filter(word => word !== '' && word !== 'as')
    );
    if (names.length > 0) found[String(index)] = names;
  }
  return found;
}

function definitionsOf(steps: readonly Step[]): Readonly<Record<string, readonly Replay[]>> {
  const found: Record<string, readonly Replay[]> = {};
  for (const { replay } of steps) {
    for (const [at, piece] of replay.entries()) for (const name of piece.names) found[name] ??= replay.slice(0, at + 1);
  }
  return found;
}

interface Asked {
  readonly request: RunRequest;
  readonly store: Store;
  readonly runtime: string;
  readonly owner: Owner;
  readonly notebookPath: string;
  readonly futures: RunFile['futures'];
  readonly plan: Plan;
  readonly taken: readonly string[];
}

/** Results of earlier runs for the steps that this one does not run; a refusal names those that are missing, and why. */
async function takeEarlier(asked: Asked): Promise<ReadonlyMap<string, Earlier> | Refusal> {
  const { request, store, runtime, owner, notebookPath, futures, plan, taken } = asked;
  const { pipeline, interpreter } = request;
  const sources = new Map(request.cells.map(cell => [cell.id, cell.source]));
  const search = new UpstreamSearch({
    store,
    owner,
    notebook: { path: notebookPath, folder: dirname(notebookPath) },
    nodes: plan.nodes,
    sourceOf: cell => sources.get(cell) ?? '',
    parametersOf: node => parametersOf({ pipeline, given: request.parameters ?? {} }, node),
    futuresOf: node => futuresFor({ futures }, node),
    interpreter: recalledFacts(store, interpreter) ?? (await askFacts(store, interpreter)),
    environment: runEnvironment(request.surroundings),
    surroundings: request.surroundings ?? process.env,
    build: buildOf(runtime)
  });
  const { found, missing } = await search.find(taken);
  if (missing.length > 0) {
    const names = missing.map(({ step }) => step).join(', ');
    return refused({
      code: 'upstream-missing',
      message: `No earlier run has a result that holds now of ${missing.map(({ step, why }) => `step ${step} (${why.join('; ')})`).join(', ')}.`,
      name: names,
      fix: await advice(asked, search, missing)
    });
  }
  return new Map(
    [...found].map(([name, { execution, folder, reusable }]) => [
      name,
      { execution, folder, from: reusable ? 'cache' : 'earlier-run' }
    ])
  );
}

/** What would give the missing results: a `--from` is only named when what it needs is there. */
async function advice(
  { request, plan }: Asked,
  search: UpstreamSearch,
  missing: readonly { readonly step: string }[]
): Promise<string> {
  const values = Object.keys(request.parameters ?? {}).length > 0 ? ' with the same -p values' : '';
  const { step } = missing[0]!;
  const { taken } = select(plan, { from: step });
  const possible = taken.length > 0 && (await search.find(taken)).missing.length === 0;
  const from = possible ? `, or from ${step} on (--from ${step})` : '';
  return `Run the notebook as a whole once${values}${from}.`;
}

/**
 * Makes a run: its folder, its log with `created`, its row in the store. Nothing runs yet (`startSupervisor`). Refused
 * when `only` or `from` names no step, when what comes before it cannot be had from earlier, or when the data folder cannot
 * be written; then no run is left.
 */
export async function createRun(request: RunRequest): Promise<Run | Refusal> {
  const data = request.data ?? dataFolder();
  const options: RunOptions = {
    cache: true,
    ...((request.surroundings ?? process.env).CELLWAY_START === 'spawn' ? { start: 'spawn' as const } : {}),
    ...request.options
  };
  const plan = planOf(request.pipeline);
  for (const name of [options.only, options.from]) {
    if (name === undefined || plan.byName.has(name)) continue;
    return refused({
      code: 'step-unknown',
      message: `There is no step '${name}'. Steps: ${request.pipeline.steps.map(step => step.name).join(', ')}.`,
      name
    });
  }
  const runtime = request.runtime ?? runtimeFolder();
  if (runtime === null)
    return refused({
      code: 'runtime-missing',
      message: `Cellway's Python package was not found beside this program.`,
      fix: 'Install Cellway again.'
    });
  const noPlace = makeDataFolder(data);
  if (noPlace !== null) return noPlace;
  const id = request.id ?? runId();
  try {
    return await made(request, { options, plan, runtime, data, id });
  } catch (error) {
    const refusal = storageRefusal(data, error);
    if (refusal === null) throw error;
    for (const folder of [making(data, id), paths.run(data, id)]) rmSync(folder, { recursive: true, force: true });
    return refusal;
  }
}

function making(data: string, id: string): string {
  return `${paths.run(data, id)}.making`;
}

interface Settled {
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly runtime: string;
  readonly data: string;
  readonly id: string;
}

async function made(request: RunRequest, { options, plan, runtime, data, id }: Settled): Promise<Run | Refusal> {
  const store = openStore(data);
  if (!isStore(store)) return store;
  try {
    const owner = request.owner ?? localOwner;
    const notebookPath = resolve(request.notebook.path);
    const futures = futuresOf(request.cells);
    const { selected, taken } = request.taken
      ? { selected: plan.nodes.map(node => node.name).filter(name => !request.taken!.has(name)), taken: [] }
      : select(plan, options);
    const earlier =
      request.taken ??
      (taken.length === 0
        ? new Map<string, Earlier>()
        : await takeEarlier({ request, store, runtime, owner, notebookPath, futures, plan, taken }));
    if ('kind' in earlier) return earlier;
    // Under another name until it is whole: whoever sees a run sees all of it.
    const folder = making(data, id);
    const run: RunFile = {
      schema: 'cellway.run/1',
      id,
      created: Date.now() / 1000,
      ...owner,
      data,
      name: request.name ?? request.pipeline.name,
      experiment: request.experiment ?? null,
      git: request.git ?? null,
      origin: request.origin ?? null,
      notebook: { path: notebookPath, folder: dirname(notebookPath), digest: digest(request.notebook.text) },
      pipeline: request.pipeline,
      cells: request.cells,
      futures,
      definitions: request.definitions ?? definitionsOf(plan.nodes),
      given: request.parameters ?? {},
      interpreter: request.interpreter,
      runtime,
      environment: runEnvironment(request.surroundings),
      options,
      selected,
      earlier: Object.fromEntries(earlier)
    };
    mkdirSync(join(folder, 'steps'), { recursive: true });
    writeFileSync(paths.original(folder), request.notebook.text);
    writeFileSync(paths.definitions(folder), JSON.stringify(run.definitions));
    if (request.surroundings !== undefined) keepEnvironment(folder, request.surroundings);
    keepReserve(folder);
    const log = new EventLog(paths.events(folder));
    log.append({ type: 'run', state: 'created' });
    log.sync();
    writeAtomically(paths.runFile(folder), JSON.stringify(run), true);
    log.close();
    const place = paths.run(data, id);
    moveDurably(folder, place);
    store.addRun(runRow(run, place));
    return { kind: 'run', id, folder: place, data };
  } finally {
    store.close();
  }
}
