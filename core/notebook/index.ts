export type { Notebook, NotebookCell, NotebookReading } from './cells';
export { digest } from './digest';
export { labelOf, slugOf } from './ids';
export { likely } from './likely';
export { cellRange, spanRange } from './place';
export type { Problem } from './problem';
export { MAX_CELL, readNotebook } from './read';
export { readSettings } from './settings';
export { readTags, type CellTags, type Role } from './tags';
