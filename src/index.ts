import type { JupyterFrontEndPlugin } from '@jupyterlab/application';
import { bridgePlugin } from './bridge';
import { cellsPlugin } from './cells';
import { pipelinesPlugin } from './pipelines';
import { runCommandsPlugin, runsPlugin } from './runs';
import { sidebarPlugin } from './sidebar';
import { taggingPlugin } from './tagging';

const plugins: readonly JupyterFrontEndPlugin<unknown>[] = [
  bridgePlugin,
  pipelinesPlugin,
  runsPlugin,
  runCommandsPlugin,
  cellsPlugin,
  taggingPlugin,
  sidebarPlugin
];
export default plugins;
