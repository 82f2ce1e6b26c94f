import type { NotebookPanel } from '@jupyterlab/notebook';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Pipeline } from '@cellway/core/api';
import type { PipelineContext } from '@cellway/core/pipeline';
import type { IBridge } from '../bridge';
import type { Analyser } from './analyser';
import { PageCells } from './page-cells';
import type { INotebookPipeline, PipelineState } from './token';

/** Where a notebook's file is, as the bridge knows it. */
export type Localise = (contentsPath: string) => string;

let opened = 0;

/** The pipeline of an open notebook, following what is typed. */
export class NotebookPipeline implements INotebookPipeline, IDisposable {
  #state: PipelineState = { kind: 'loading' };
  readonly #changed = new Signal<INotebookPipeline, void>(this);
  readonly #id = `${++opened}`;
  #cells: PageCells | null = null;
  #number = 0;
  #asking = false;
  #stale = false;
  #context: PipelineContext | null = null;
  #disk: Promise<string | null> | null = null;

  constructor(
    readonly panel: NotebookPanel,
    private readonly analyser: Analyser,
    private readonly bridge: IBridge,
    private readonly localise: Localise
  ) {
    const { context } = panel;
    context.pathChanged.connect(this.#moved, this);
    context.saveState.connect(this.#saved, this);
    panel.disposed.connect(() => this.dispose());
    void context.ready.then(() => this.#begin());
  }

  get state(): PipelineState {
    return this.#state;
  }

  get pipeline(): Pipeline | null {
    return this.#state.kind === 'ready' ? this.#state.pipeline : null;
  }

  get changed(): ISignal<INotebookPipeline, void> {
    return this.#changed;
  }

  get isDisposed(): boolean {
    return this.#cells === null && this.panel.isDisposed;
  }

  get name(): string {
    return PathExt.basename(this.panel.context.path).replace(/\.ipynb$/i, '');
  }

  /** Absolute path on the server's disk; null where there is none. */
  disk(): Promise<string | null> {
    this.#disk ??= this.bridge.where(this.localise(this.panel.context.path)).catch(() => null);
    return this.#disk;
  }

  dispose(): void {
    this.#cells?.dispose();
    this.#cells = null;
    this.analyser.forget(this.#id);
    Signal.clearData(this);
  }

  /** What earlier runs saw, and what is beside the notebook, may be different now. */
  async refreshContext(): Promise<void> {
    const path = await this.disk();
    if (path === null || this.panel.isDisposed) return;
    try {
      const content = this.#content();
      this.#context = (await this.bridge.client.call('context', {
        body: { notebook: { path, content: content as never } },
        query: {}
      })) as unknown as PipelineContext;
      this.#ask();
    } catch {
      // Without a bridge the graph is that of a notebook alone; the bridge's health says so.
    }
  }

  #begin(): void {
    if (this.panel.isDisposed || this.panel.model === null) return;
    this.#cells = new PageCells(this.panel.model.sharedModel);
    this.#cells.changed.connect(() => this.#ask());
    this.panel.sessionContext.kernelChanged.connect(() => this.#ask());
    this.#ask();
    void this.refreshContext();
  }

  #moved(): void {
    this.#disk = null;
    this.#ask();
    void this.refreshContext();
  }

  #saved(_: unknown, state: string): void {
    if (state === 'completed') void this.refreshContext();
  }

  #content() {
    const shared = this.panel.model!.sharedModel;
    return {
      nbformat: shared.nbformat,
      nbformat_minor: shared.nbformat_minor,
      metadata: shared.getMetadata() as unknown,
      cells: this.#cells?.read() ?? []
    };
  }

  /** One question at a time: what changes meanwhile is in the next one. */
  #ask(): void {
    if (this.#cells === null || this.#stale) return;
    if (this.#asking) {
      this.#stale = true;
      return;
    }
    this.#asking = true;
    // All changes of this turn are one: an action may touch many cells.
    queueMicrotask(() => void this.#answer());
  }

  async #answer(): Promise<void> {
    const number = ++this.#number;
    if (this.#cells !== null) {
      const answer = await this.analyser.ask({
        notebook: this.#id,
        number,
        name: this.name,
        content: this.#content(),
        context: this.#context
      });
      if (this.#cells !== null) {
        this.#state =
          answer.kind === 'pipeline'
            ? { kind: 'ready', pipeline: answer.pipeline }
            : { kind: 'problem', message: answer.message, ...(answer.fix === undefined ? {} : { fix: answer.fix }) };
        this.#changed.emit();
      }
    }
    this.#asking = false;
    if (this.#stale) {
      this.#stale = false;
      this.#ask();
    }
  }
}
