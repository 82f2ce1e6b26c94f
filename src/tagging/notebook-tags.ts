import type { Notebook } from '@jupyterlab/notebook';
import { type ISharedNotebook, YNotebook } from '@jupyter/ydoc';
import type { TagEdit, TaggedCell } from './edits';

export function taggedCells(notebook: ISharedNotebook): readonly TaggedCell[] {
  return notebook.cells.map(cell => ({ kind: cell.cell_type, tags: tagsOf(cell.getMetadata('tags')) }));
}

function tagsOf(tags: unknown): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
}

/** All edits are one: one undo takes them back together. */
export function applyTags(notebook: ISharedNotebook, edits: readonly TagEdit[]): void {
  if (edits.length === 0) return;
  // Else an action that follows within half a second would be taken back with it.
  if (notebook instanceof YNotebook) notebook.undoManager.stopCapturing();
  notebook.transact(() => {
    for (const { at, tags } of edits) {
      const cell = notebook.cells[at]!;
      if (tags.length > 0) cell.setMetadata('tags', [...tags]);
      else cell.deleteMetadata('tags');
    }
  }, true);
}

/** Places of the cells that an action is for: the selected ones, else the active one. */
export function chosenCells(notebook: Notebook): readonly number[] {
  return notebook.widgets.flatMap((cell, at) => (notebook.isSelectedOrActive(cell) ? [at] : []));
}
