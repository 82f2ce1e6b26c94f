/** A cell as the step runtime left it (`cells.json`). */
export interface ExecutedCell {
  readonly index: number;
  readonly execution_count: number | null;
  readonly outputs: readonly unknown[];
}

type JsonObject = { readonly [key: string]: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The run's notebook: the original with each executed cell's outputs and count; a code cell that did not run has
 * none, so that no old output passes for this run's. `index` is 1-based among code cells. Everything else is as it was.
 */
export function executedNotebook(original: unknown, executed: ReadonlyMap<number, ExecutedCell>): JsonObject {
  if (!isObject(original) || !Array.isArray(original.cells)) throw new TypeError('not a notebook of nbformat 4');
  let index = 0;
  const cells = original.cells.map((cell: unknown) => {
    if (!isObject(cell) || cell.cell_type !== 'code') return cell;
    index += 1;
    const now = executed.get(index);
    return { ...cell, execution_count: now?.execution_count ?? null, outputs: now?.outputs ?? [] };
  });
  return { ...original, cells };
}
