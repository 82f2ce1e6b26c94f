import { UUID } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Json } from '@cellway/core/api';
import type { Run, RunOptions, RunSummary, StreamEvent } from '@cellway/core/api/http';
import type { IBridge } from '../bridge';
import type { INotebookPipeline } from '../pipelines';
import type { INotebookRuns } from './token';

const RECENT = 8;
/** Milliseconds in which what happens to a run is one change of the page. */
const TOGETHER = 50;

/**
 * Runs of an open notebook. The bridge's answers are the truth: an event only says that it is time to ask, so that a view
 * which missed some is right again with the next.
 */
export class NotebookRuns implements INotebookRuns {
  #recent: readonly RunSummary[] = [];
  #shown: Run | null = null;
  /** Which run is to be shown; `null` the newest that is under way or ended while this notebook was open. */
  #chosen: string | null = null;
  readonly #changed = new Signal<INotebookRuns, void>(this);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking = false;
  #again = false;

  constructor(
    private readonly bridge: IBridge,
    private readonly pipeline: INotebookPipeline
  ) {
    bridge.events.connect(this.#onEvent, this);
    bridge.reset.connect(this.#soon, this);
    pipeline.panel.context.pathChanged.connect(this.#soon, this);
    pipeline.panel.disposed.connect(() => {
      bridge.events.disconnect(this.#onEvent, this);
      bridge.reset.disconnect(this.#soon, this);
      if (this.#timer !== null) clearTimeout(this.#timer);
      Signal.clearData(this);
    });
    bridge.listen();
  }

  get recent(): readonly RunSummary[] {
    return this.#recent;
  }

  get shown(): Run | null {
    return this.#shown;
  }

  get changed(): ISignal<INotebookRuns, void> {
    return this.#changed;
  }

  async start(options: RunOptions = {}, parameters: Readonly<Record<string, Json>> = {}): Promise<void> {
    const { panel } = this.pipeline;
    const path = await this.pipeline.disk();
    if (path === null) throw new Error('This notebook is on no disk that the bridge can reach.');
    const content = panel.model!.toJSON() as unknown as { readonly [field: string]: unknown };
    const run = await this.bridge.client.call('createRun', {
      body: { notebook: { path, content }, options, parameters: { ...parameters } },
      query: {},
      headers: { 'idempotency-key': UUID.uuid4() }
    });
    this.#chosen = run.id;
    this.#shown = run;
    this.#changed.emit();
    this.#soon();
  }

  async cancel(): Promise<void> {
    if (this.#shown !== null)
      await this.bridge.client.call('cancelRun', { params: { run: this.#shown.id }, query: {} });
  }

  async resume(): Promise<void> {
    if (this.#shown === null) return;
    const run = await this.bridge.client.call('resumeRun', {
      params: { run: this.#shown.id },
      body: {},
      query: {},
      headers: { 'idempotency-key': UUID.uuid4() }
    });
    await this.show(run.id);
  }

  async show(run: string | null): Promise<void> {
    this.#chosen = run;
    if (run === null) this.#shown = null;
    await this.#ask();
  }

  #onEvent(_: unknown, { run, event }: StreamEvent): void {
    const ours = run === this.#shown?.id || this.#recent.some(one => one.id === run);
    // Output and logs change no state; a new run may be this notebook's.
    if (event.type === 'runtime' ? ours && event.event.type === 'cell' : ours || event.type === 'run') this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#ask();
    }, TOGETHER);
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      const path = await this.pipeline.disk();
      if (path !== null) await this.#take(path);
    } catch {
      // The bridge's health says so; the next event or its return asks again.
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        this.#soon();
      }
    }
  }

  async #take(path: string): Promise<void> {
    const { client } = this.bridge;
    const page = await client.call('listRuns', { query: { notebook: path, limit: RECENT } });
    this.#recent = page.items;
    const wanted = this.#chosen ?? this.#shown?.id ?? page.items[0]?.id;
    if (wanted !== undefined) this.#shown = await client.call('getRun', { params: { run: wanted }, query: {} });
    this.#changed.emit();
  }
}
