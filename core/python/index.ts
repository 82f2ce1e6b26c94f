export type * from './ast';
export { type ParseOptions, parseCell, parseModule } from './parse';
export { lineStarts, type Position, position } from './positions';
export * from './scopes';
export { BUILTINS, STDLIB, starNames } from './tables';
