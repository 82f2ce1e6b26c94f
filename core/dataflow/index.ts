export { dataflow } from './dataflow';
export type { Evidence } from './evidence';
export type { Block, BlockFlow, Cell, Context, Dataflow } from './types';
