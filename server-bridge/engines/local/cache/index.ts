export { buildOf } from './build';
export { Cache, type EarlierFiles, type Lookup, type Start } from './cache';
export { askFacts, type InterpreterFacts, recalledFacts } from './facts';
export { type Missing, UpstreamSearch } from './upstream';
