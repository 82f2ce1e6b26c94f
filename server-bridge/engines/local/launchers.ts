import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { RunFile } from '../../runs/folder';
import { ForkServer } from './process/forkserver';
import type { Launcher } from './process/launcher';
import { spawnLauncher } from './process/spawn';
import { modulesToPreload } from './preloading';

/** The processes of a run: forked from a warm interpreter where that is safe, else spawned. */
export class Launchers {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #spawn: Launcher;
  #server: ForkServer | null = null;
  #forks: boolean;

  constructor(
    private readonly run: RunFile,
    private readonly folder: string
  ) {
    this.#forks = process.platform === 'linux' && run.options.start !== 'spawn';
    this.#environment = { ...process.env, ...run.environment, ...run.interpreter.env };
    this.#spawn = spawnLauncher(run.interpreter.argv, run.runtime, this.#environment);
  }

  /** Third-party modules of the steps. One that lies beside the notebook is the notebook's own: it is loaded in the step. */
  #preload(): readonly string[] {
    const { pipeline, notebook } = this.run;
    const names = [...pipeline.setup, ...pipeline.steps].flatMap(step => step.imports);
    const others = names.filter(
      name => !existsSync(join(notebook.folder, `${name}.py`)) && !existsSync(join(notebook.folder, name))
    );
    return modulesToPreload(
      this.run.cells.map(cell => cell.source),
      new Set(others)
    );
  }

  /** Begins to warm up; safe to call again. */
  warm(): void {
    if (!this.#forks || this.#server !== null) return;
    const { run, folder } = this;
    this.#server = new ForkServer({
      python: run.interpreter.argv,
      runtime: run.runtime,
      environment: this.#environment,
      folder,
      preload: this.#preload()
    });
  }

  /** What the step is started by. */
  async launcher(_node: Step): Promise<Launcher> {
    this.warm();
    const ready = this.#server === null ? null : await this.#server.ready;
    return this.#forks && ready !== null && ready.unsafe === null && this.#server!.alive ? this.#server! : this.#spawn;
  }

  /** A forked child did not begin: no more forks in this run. */
  distrust(): void {
    this.#forks = false;
  }

  /** A fresh interpreter, for a step that forking did not suit. */
  get spawn(): Launcher {
    return this.#spawn;
  }

  /** Whether the warm interpreter is gone: what it was running ended with it. */
  get lost(): boolean {
    return this.#server !== null && !this.#server.alive;
  }

  close(): void {
    this.#server?.close();
  }
}
