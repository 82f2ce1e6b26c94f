import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import type { Json, NewRun, Origin, Pipeline, RunPlan } from '@cellway/core/api';
import { digest } from '@cellway/core/notebook';
import { blocking, checkedValues } from '@cellway/core/pipeline';
import { cancelRun, createRun, gitState, type Run, type RunRequest, startSupervisor, takenFrom } from '../runs';
import { type Earlier, paths, readRunFile, writeAtomically } from '../runs/folder';
import { forecastRun } from '../runs/forecast';
import { runId } from '../runs/id';
import { optionsFrom } from '../runs/options';
import { type Refusal, refused } from '../runs/refusal';
import { type RunView, stepState } from '../runs/state';
import { resolveSettings, type SettingProblem } from '../settings';
import { type Owner, type RunRow, type Store, storePath } from '../store';
import { Collector, type Policy } from './cache';
import { type CompileAnswer, Compiler } from './compile';
import { Feed } from './feed';
import type { Host } from './host';
import { Intake } from './intake';
import { emptyTrash, removeRun } from './removal';
import { Outlines } from './outline';
import { planShown } from './plan';

/** What a new run could not be made of. */
export type Unmade = Refusal | { readonly kind: 'no-pipeline'; readonly answer: CompileAnswer } | NotRunnable;
/** The pipeline has errors of its own. */
export interface NotRunnable {
  readonly kind: 'not-runnable';
  readonly diagnostics: Pipeline['diagnostics'];
}

/** What the bridge does, whoever asks: HTTP knows nothing of files, and this nothing of HTTP. */
export class Bridge {
  readonly feed: Feed;
  readonly intake: Intake;
  readonly compiler: Compiler;
  readonly collector: Collector;
  readonly outlines = new Outlines();

  constructor(
    readonly data: string,
    readonly store: Store,
    compileWorker: string,
    policy: Policy,
    private readonly host: Host
  ) {
    emptyTrash(data);
    this.feed = new Feed(store);
    this.intake = new Intake(data, store, this.feed, host);
    this.compiler = new Compiler(compileWorker, data);
    this.collector = new Collector(data, store, policy, host.warn);
    this.collector.start();
  }

  async close(): Promise<void> {
    this.intake.close();
    await this.compiler.close();
    await this.collector.close();
    this.store.close();
  }

  /** Bytes of the store, and free ones where the data folder is. */
  room(): { readonly storeBytes: number; readonly freeBytes: number } {
    const path = storePath(this.data);
    const sizes = [path, `${path}-wal`].map(part => statSync(part, { throwIfNoEntry: false })?.size ?? 0);
    const { bavail, bsize } = statfsSync(this.data);
    return { storeBytes: sizes.reduce((sum, size) => sum + size), freeBytes: bavail * bsize };
  }

  /** The row of an owner's run; null where there is none, or another's. */
  row(owner: Owner, id: string): RunRow | null {
    const row = this.store.run(id);
    return row !== null && row.principal === owner.principal && row.profile === owner.profile ? row : null;
  }

  /** States of the run's steps, as far as its events have been taken in. */
  stepStates(row: RunRow): RunView['steps'] {
    return (
      this.intake.view(row.id)?.steps ??
      new Map(this.store.lists.stepEvents(row.id).map(event => [event.step, stepState(event)]))
    );
  }

  /** Whether a folder is in one of the runs here. */
  holds(folder: string): boolean {
    return resolve(folder).startsWith(join(this.data, 'runs') + sep);
  }

  runOf(row: RunRow): Run {
    return { kind: 'run', id: row.id, folder: row.folder, data: this.data };
  }

  /** Makes a run of a notebook and starts it. `id` is its id, claimed before. */
  async createRun(owner: Owner, asked: NewRun, id: string): Promise<RunRow | Unmade> {
    const request = await this.#request(owner, asked);
    return 'kind' in request ? request : this.#make({ ...request, id });
  }

  /** What making a run would do now; as refused as that would be. */
  async planRun(owner: Owner, asked: NewRun): Promise<RunPlan | Unmade> {
    const request = await this.#request(owner, asked);
    if ('kind' in request) return request;
    const found = await forecastRun(request, this.store);
    return found.kind === 'refused' ? found : planShown(found, this.store, owner, request.notebook.path);
  }

  /** What a run is made from; its parameters are checked. */
  async #request(owner: Owner, asked: NewRun): Promise<RunRequest | Unmade> {
    const { path, content } = asked.notebook;
    if (!isAbsolute(path))
      return refused({
        code: 'notebook-path',
        message: `The notebook's path is not absolute: ${path.slice(0, 200)}.`,
        name: 'notebook.path'
      });
    const surroundings = asked.environment && { ...ownVariables(), ...asked.environment };
    const env: NodeJS.ProcessEnv = surroundings ?? process.env;
    const { settings, problems } = await resolveSettings(env);
    if (problems[0] !== undefined) return refusedSetting(problems[0]);
    const { eachCell } = asked;
    const [answer, git] = await Promise.all([
      this.compiler.ask({ path, content, eachCell, env: { ...env } }),
      gitState(path)
    ]);
    if (answer.kind !== 'derivation') return { kind: 'no-pipeline', answer };
    const { pipeline, cells, definitions } = answer.derivation;
    const wrong = blocking(pipeline.diagnostics);
    if (wrong.length > 0) return { kind: 'not-runnable', diagnostics: wrong };
    const { interpreter } = answer;
    if (interpreter === null) throw new Error('the kernel was not looked for');
    if ('kind' in interpreter) return interpreter;
    return this.#checked(asked.parameters ?? {}, {
      ...{ owner, pipeline, cells, definitions, interpreter, git },
      notebook: { path, text: answer.text },
      name: asked.name,
      experiment: asked.experiment,
      options: { ...optionsFrom(settings), ...asked.options },
      surroundings
    });
  }

  /** The same source again: with other parameters (`clone`), all of it (`retry`), or what is not taken (`resume`). */
  async again(
    owner: Owner,
    before: RunRow,
    how: Origin['how'],
    id: string,
    change: {
      readonly step?: string;
      readonly parameters?: Readonly<Record<string, Json>>;
      readonly name?: string;
      readonly experiment?: string | null;
      readonly options?: RunRequest['options'];
    } = {}
  ): Promise<RunRow | Unmade> {
    const source = this.runOf(before);
    let taken: ReadonlyMap<string, Earlier> | undefined;
    if (how === 'resume') {
      const found = takenFrom(source, change.step);
      if ('kind' in found) return found;
      taken = found;
    }
    const file = readRunFile(before.folder);
    const { only: _only, from: _from, ...options } = file.options;
    const request = this.#checked(
      { ...file.given, ...change.parameters },
      {
        ...{ id, owner, taken },
        pipeline: file.pipeline,
        cells: file.cells,
        definitions: file.definitions,
        interpreter: file.interpreter,
        git: file.git,
        notebook: { path: file.notebook.path, text: readFileSync(paths.original(before.folder), 'utf8') },
        name: change.name ?? before.name,
        experiment: change.experiment === undefined ? before.experiment : change.experiment,
        origin: { run: before.id, how, ...(change.step === undefined ? {} : { step: change.step }) },
        options: { ...(how === 'resume' ? options : file.options), ...change.options }
      }
    );
    return 'kind' in request ? request : this.#make(request);
  }

  #checked(
    given: Readonly<Record<string, Json>>,
    request: Omit<RunRequest, 'parameters' | 'data'>
  ): RunRequest | Refusal {
    const { values, problems } = checkedValues(given, request.pipeline.parameters);
    const [first] = problems;
    if (first !== undefined)
      return refused({ code: first.code, message: problems.map(one => one.message).join(' '), fix: first.fix });
    return { ...request, parameters: values, data: this.data };
  }

  async #make(request: RunRequest): Promise<RunRow | Unmade> {
    const made = await createRun(request);
    if (made.kind === 'refused') {
      if (made.reason.code === 'store-newer') this.host.end('a newer Cellway has the store');
      return made;
    }
    startSupervisor(made);
    this.intake.follow(made);
    return this.store.run(made.id)!;
  }

  cancel(row: RunRow): boolean {
    return cancelRun(this.runOf(row));
  }

  relabel(row: RunRow, label: { readonly name?: string; readonly experiment?: string | null }): RunRow {
    const { name, experiment } = { name: row.name, experiment: row.experiment, ...label };
    writeAtomically(paths.label(row.folder), JSON.stringify({ name, experiment }));
    this.store.relabel(row.id, label);
    return this.store.run(row.id)!;
  }

  /** Moves runs to an experiment, or to none. */
  relabelAll(
    runs: readonly { readonly id: string; readonly name: string; readonly folder: string }[],
    experiment: string | null
  ): void {
    // The folder first: it is the truth. One that was removed in the meantime has no label any more.
    for (const { name, folder } of runs)
      if (existsSync(folder)) writeAtomically(paths.label(folder), JSON.stringify({ name, experiment }));
    this.store.lists.move(
      runs.map(run => run.id),
      experiment
    );
  }

  /** Removes a run that has ended. */
  remove(row: RunRow): Promise<void> {
    return removeRun(this.data, this.store, row);
  }

  /**
   * The id of the run that a key stands for: a fresh one when the key is new, the one it was given when the request is
   * the same, `mismatch` when it is another one.
   */
  claim(
    owner: Owner,
    key: string | undefined,
    request: string
  ): { readonly id: string; readonly known: boolean } | 'mismatch' {
    const id = runId();
    if (key === undefined) return { id, known: false };
    const wanted = digest(request);
    const known = this.store.claim(owner, key, wanted, id);
    if (known === null) return { id, known: false };
    return known.request === wanted ? { id: known.run, known: true } : 'mismatch';
  }
}

/** Settings of a run are those of whoever starts it. */
function refusedSetting({ where, message, fix }: SettingProblem): Refusal {
  return refused({ code: 'settings', message: `${where}: ${message}`, fix });
}

/**
 * Where Cellway's own Python and package are; a client that runs in another environment gives its own. Settings in the
 * environment of whoever happened to start the bridge are not others'.
 */
function ownVariables(): Readonly<Record<string, string | undefined>> {
  const names = ['CELLWAY_PYTHON', 'CELLWAY_PYTHON_VERSION', 'CELLWAY_PACKAGE'];
  return Object.fromEntries(names.map(name => [name, process.env[name]]));
}
