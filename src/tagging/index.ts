import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';
import { ICells } from '../cells';
import { IPipelines } from '../pipelines';
import { addTaggingCommands, CommandIDs } from './commands';

export const taggingPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellway:tagging',
  description: 'Makes steps of cells: menus, shortcuts, palette.',
  requires: [INotebookTracker, IPipelines, ICells, ITranslator],
  optional: [ICommandPalette],
  autoStart: true,
  activate: (
    { commands }: JupyterFrontEnd,
    tracker: INotebookTracker,
    pipelines: IPipelines,
    cells: ICells,
    translator: ITranslator,
    palette: ICommandPalette | null
  ) => {
    const trans = translator.load('cellway');
    addTaggingCommands({ commands, tracker, pipelines, cells, trans });
    for (const command of Object.values(CommandIDs)) palette?.addItem({ command, category: 'Cellway' });
  }
};
