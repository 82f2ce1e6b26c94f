import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { CellDecorations } from './decorations';

/** What Cellway shows at cells. */
export interface ICells {
  of(panel: NotebookPanel): CellDecorations;
}

export const ICells = new Token<ICells>('cellway:ICells', 'What Cellway shows at the cells of open notebooks.');
