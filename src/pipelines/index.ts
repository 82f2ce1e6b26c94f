import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';
import { IBridge } from '../bridge';
import { Analyser } from './analyser';
import { NotebookPipeline } from './notebook-pipeline';
import { type INotebookPipeline, IPipelines } from './token';

export { type INotebookPipeline, IPipelines, type PipelineState } from './token';

class Pipelines implements IPipelines {
  readonly #analyser = new Analyser();
  readonly #known = new WeakMap<NotebookPanel, NotebookPipeline>();
  readonly #currentChanged = new Signal<IPipelines, INotebookPipeline | null>(this);

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly tracker: INotebookTracker,
    private readonly bridge: IBridge
  ) {
    tracker.widgetAdded.connect((_, panel) => void this.of(panel));
    tracker.forEach(panel => void this.of(panel));
    tracker.currentChanged.connect(() => this.#currentChanged.emit(this.current));
  }

  get current(): INotebookPipeline | null {
    const panel = this.tracker.currentWidget;
    return panel === null || panel.isDisposed ? null : this.of(panel);
  }

  get currentChanged(): ISignal<IPipelines, INotebookPipeline | null> {
    return this.#currentChanged;
  }

  of(panel: NotebookPanel): INotebookPipeline {
    let known = this.#known.get(panel);
    if (known === undefined) {
      const { contents } = this.app.serviceManager;
      known = new NotebookPipeline(panel, this.#analyser, this.bridge, path => contents.localPath(path));
      this.#known.set(panel, known);
    }
    return known;
  }
}

export const pipelinesPlugin: JupyterFrontEndPlugin<IPipelines> = {
  id: 'cellway:pipelines',
  description: 'Analyses open notebooks while they are edited.',
  provides: IPipelines,
  requires: [INotebookTracker, IBridge],
  autoStart: true,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, bridge: IBridge) => new Pipelines(app, tracker, bridge)
};
