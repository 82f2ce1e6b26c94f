import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { IBridge } from '../bridge';
import { ICells } from '../cells';
import { cellwayIcon } from '../icons/cellway';
import { IPipelines } from '../pipelines';
import { IRuns } from '../runs';
import { SidebarWidget } from './widget';

export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'cellway:sidebar',
  description: 'The pipeline of the notebook in front, its problems and its runs.',
  requires: [IBridge, IPipelines, IRuns, ICells, ITranslator],
  optional: [ILayoutRestorer],
  autoStart: true,
  activate: (
    app: JupyterFrontEnd,
    bridge: IBridge,
    pipelines: IPipelines,
    runs: IRuns,
    cells: ICells,
    translator: ITranslator,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = translator.load('cellway');
    const widget = new SidebarWidget({ bridge, pipelines, runs, cells, commands: app.commands, trans });
    widget.id = 'cellway-sidebar';
    widget.title.icon = cellwayIcon;
    widget.title.caption = trans.__('Cellway: pipeline of the notebook');
    widget.node.setAttribute('aria-label', trans.__('Cellway'));
    app.shell.add(widget, 'left', { rank: 350, type: 'Cellway' });
    restorer?.add(widget, 'cellway-sidebar');
  }
};
