import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { GitState, Json, Origin, Pipeline, Replay, Step } from '@cellway/core/api';
import { digest } from '@cellway/core/notebook';
import type { Interpreter } from '../engines/local/interpreter';
import { localOwner, type Owner, type Store } from '../store';
import { earlierResults } from './earlier';
import type { CellSource, Earlier, RunFile, RunOptions } from './folder';
import { runId } from './id';
import { type Plan, planOf, select } from './plan';
import { type Refusal, refused } from './refusal';
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
  readonly data: string;
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

/** A request with what it leaves open, found out without a look at earlier runs. */
export interface Settled {
  readonly request: RunRequest;
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly runtime: string;
  readonly data: string;
  readonly id: string;
}

/** Refused when `only` or `from` names no step, or Cellway itself is not all there. */
export function settle(request: RunRequest): Settled | Refusal {
  const options: RunOptions = { cache: true, ...request.options };
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
  return { request, options, plan, runtime, data: request.data, id: request.id ?? runId() };
}

/**
 * The run that a request means, all of `run.json`; nothing is written. Refused when what comes before the steps that run
 * cannot be had from earlier.
 */
export async function draftRun(settled: Settled, store: Store): Promise<RunFile | Refusal> {
  const { request, options, plan, runtime, data, id } = settled;
  const notebookPath = resolve(request.notebook.path);
  const { selected, taken } = request.taken
    ? { selected: plan.nodes.map(node => node.name).filter(name => !request.taken!.has(name)), taken: [] }
    : select(plan, options);
  const draft: RunFile = {
    schema: 'cellway.run/1',
    id,
    created: Date.now() / 1000,
    ...(request.owner ?? localOwner),
    data,
    name: request.name ?? request.pipeline.name,
    experiment: request.experiment ?? null,
    git: request.git ?? null,
    origin: request.origin ?? null,
    notebook: { path: notebookPath, folder: dirname(notebookPath), digest: digest(request.notebook.text) },
    pipeline: request.pipeline,
    cells: request.cells,
    futures: futuresOf(request.cells),
    definitions: request.definitions ?? definitionsOf(plan.nodes),
    given: request.parameters ?? {},
    interpreter: request.interpreter,
    runtime,
    environment: runEnvironment(request.surroundings),
    options,
    selected,
    earlier: Object.fromEntries(request.taken ?? [])
  };
  if (taken.length === 0) return draft;
  const earlier = await earlierResults(draft, plan, taken, store, request.surroundings ?? process.env);
  return 'kind' in earlier ? earlier : { ...draft, earlier: Object.fromEntries(earlier) };
}
