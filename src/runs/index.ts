import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { IBridge } from '../bridge';
import { IPipelines } from '../pipelines';
import { addRunCommands, CommandIDs } from './commands';
import { NotebookRuns } from './notebook-runs';
import { type INotebookRuns, IRuns } from './token';

export { type INotebookRuns, IRuns } from './token';

export const runCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellway:run-commands',
  description: 'Runs the notebook in front.',
  requires: [INotebookTracker, IPipelines, IRuns, ITranslator],
  optional: [ICommandPalette],
  autoStart: true,
  activate: (
    { commands }: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipelines: IPipelines,
    runs: IRuns,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    addRunCommands({ commands, tracker, pipelines, runs, trans: translator.load('cellway') });
    for (const command of Object.values(CommandIDs)) palette?.addItem({ command, category: 'Cellway' });
  }
};

export const runsPlugin: JupyterFrontEndPlugin<IRuns> = {
  id: 'cellway:runs',
  description: 'Follows the runs of open notebooks.',
  provides: IRuns,
  requires: [IBridge, IPipelines],
  autoStart: true,
  activate: (_: JupyterFrontEnd, bridge: IBridge, pipelines: IPipelines): IRuns => {
    const known = new WeakMap<NotebookPanel, INotebookRuns>();
    return {
      of: panel => {
        let runs = known.get(panel);
        if (runs === undefined) known.set(panel, (runs = new NotebookRuns(bridge, pipelines.of(panel))));
        return runs;
      }
    };
  }
};
