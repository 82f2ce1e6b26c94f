import type { NotebookPanel } from '@jupyterlab/notebook';

/** Brings a cell into view and makes it the active one; `line` (1-based) gets the cursor. */
export function reveal({ content: notebook }: NotebookPanel, cell: string, line?: number): void {
  const at = notebook.widgets.findIndex(widget => widget.model.id === cell);
  if (at < 0) return;
  notebook.deselectAll();
  notebook.activeCellIndex = at;
  const widget = notebook.widgets[at]!;
  void notebook.scrollToItem(at, 'smart').then(() => {
    if (line !== undefined)
      widget.editor?.setSelection({ start: { line: line - 1, column: 0 }, end: { line, column: 0 } });
    widget.node.classList.add('jp-Cellway-revealed');
    setTimeout(() => widget.node.classList.remove('jp-Cellway-revealed'), 1200);
  });
}
