export type * from './ast';
export { type ParseOptions, parseCell, parseModule } from './parse';
