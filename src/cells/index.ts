import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { IPipelines } from '../pipelines';
import { IRuns } from '../runs';
import { CellDecorations } from './decorations';
import { ICells } from './token';

export { ICells } from './token';

export const cellsPlugin: JupyterFrontEndPlugin<ICells> = {
  id: 'cellway:cells',
  description: 'Shows steps and their states at the cells.',
  provides: ICells,
  requires: [INotebookTracker, IPipelines, IRuns, ITranslator],
  autoStart: true,
  activate: (
    _: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipelines: IPipelines,
    runs: IRuns,
    translator: ITranslator
  ) => {
    const trans = translator.load('cellway');
    const known = new WeakMap<NotebookPanel, CellDecorations>();
    const of = (panel: NotebookPanel) => {
      let found = known.get(panel);
      if (found === undefined)
        known.set(panel, (found = new CellDecorations(pipelines.of(panel), runs.of(panel), trans)));
      return found;
    };
    tracker.widgetAdded.connect((_, panel) => void of(panel));
    tracker.forEach(panel => void of(panel));
    return { of };
  }
};
