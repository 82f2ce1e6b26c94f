/** What `python -m cellway.verify compare` answers. */
interface Graded {
  readonly grade: 'identical' | 'rounding' | 'different';
  readonly where: string;
  readonly what: string;
  /** The notebook's own two runs differ here as well. */
  readonly varies: boolean;
}

export interface CellRow extends Graded {
  readonly index: number;
  readonly id: string;
}

export interface VariableRow extends Graded {
  readonly name: string;
  readonly step: string | null;
}

export type Row = CellRow | VariableRow;

export interface Answer {
  readonly cells: readonly CellRow[];
  readonly variables: readonly VariableRow[];
  readonly notes: readonly string[];
  /** Where the notebook itself stops, if it does. */
  readonly failed: { readonly index: number; readonly ename: string; readonly evalue: string } | null;
}

/** Whether the pipeline gives what the notebook gives: the same up to rounding, and the same end. */
export function verdict(answer: Answer, runFailed: boolean): boolean {
  if (runFailed !== (answer.failed !== null)) return false;
  const judged: readonly Row[] = answer.failed === null ? [...answer.cells, ...answer.variables] : answer.cells;
  return judged.every(row => row.grade !== 'different' || row.varies);
}
