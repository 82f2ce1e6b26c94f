/** Why a notebook cannot be read at all. A value, never an exception. */
export interface Problem {
  /** Stable; documented in docs/guide/diagnostics.md. */
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
  /** In the file's text, 1-based, column in UTF-16 units. */
  readonly at?: { readonly line: number; readonly column: number };
  /** 1-based place of the cell among all cells. */
  readonly cell?: number;
  /** Path of the field, as `cells[3].metadata.tags`. */
  readonly field?: string;
}
