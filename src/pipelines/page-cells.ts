import type { ISharedCell, ISharedNotebook } from '@jupyter/ydoc';
import { type ISignal, Signal } from '@lumino/signaling';
import type { PageCell } from './messages';

/** The cells of an open notebook, read again only where something changed that a pipeline is made of. */
export class PageCells {
  readonly #known = new Map<ISharedCell, PageCell | null>();
  readonly #listeners = new Map<ISharedCell, (cell: ISharedCell, change: CellChange) => void>();
  readonly #changed = new Signal<this, void>(this);

  constructor(private readonly notebook: ISharedNotebook) {
    notebook.changed.connect(this.#onNotebook, this);
    this.#sync();
  }

  /** Something about cells, tags or metadata is different. Outputs are not told of. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  read(): readonly PageCell[] {
    return this.notebook.cells.map(cell => {
      let known = this.#known.get(cell) ?? null;
      if (known === null) this.#known.set(cell, (known = readCell(cell)));
      return known;
    });
  }

  dispose(): void {
    this.notebook.changed.disconnect(this.#onNotebook, this);
    for (const [cell, listener] of this.#listeners) cell.changed.disconnect(listener);
    this.#listeners.clear();
    Signal.clearData(this);
  }

  #onNotebook(_: unknown, change: { readonly cellsChange?: unknown; readonly metadataChange?: unknown }): void {
    if (change.cellsChange !== undefined) this.#sync();
    if (change.cellsChange !== undefined || change.metadataChange !== undefined) this.#changed.emit();
  }

  #sync(): void {
    const now = new Set(this.notebook.cells);
    for (const [cell, listener] of this.#listeners) {
      if (now.has(cell)) continue;
      cell.changed.disconnect(listener);
      this.#listeners.delete(cell);
      this.#known.delete(cell);
    }
    for (const cell of now) {
      if (this.#listeners.has(cell)) continue;
      const listener = (_: ISharedCell, change: CellChange) => {
        if (change.sourceChange === undefined && change.metadataChange === undefined) return;
        this.#known.set(cell, null);
        this.#changed.emit();
      };
      cell.changed.connect(listener);
      this.#listeners.set(cell, listener);
    }
  }
}

interface CellChange {
  readonly sourceChange?: unknown;
  readonly metadataChange?: unknown;
}

function readCell(cell: ISharedCell): PageCell {
  const { tags, cellway } = cell.getMetadata() as PageCell['metadata'];
  return {
    id: cell.getId(),
    cell_type: cell.cell_type,
    source: cell.getSource(),
    metadata: { ...(tags === undefined ? {} : { tags }), ...(cellway === undefined ? {} : { cellway }) }
  };
}
