export { dataflow } from './dataflow';
export type { Block, BlockFlow, Cell, Context, Dataflow } from './types';
