import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Bridge } from './bridge';
import { IBridge } from './token';

export { explained } from './bridge';
export { type Health, IBridge } from './token';

export const bridgePlugin: JupyterFrontEndPlugin<IBridge> = {
  id: 'cellway:bridge',
  description: 'Reaches the Cellway bridge through the Jupyter server.',
  provides: IBridge,
  autoStart: true,
  activate: (app: JupyterFrontEnd) => new Bridge(app.serviceManager.serverSettings)
};
