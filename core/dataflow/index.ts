export { dataflow } from './dataflow';
export type { Evidence } from './evidence';
export { Rerun } from './rerun';
export type { Block, BlockFlow, Cell, Context, Dataflow } from './types';
