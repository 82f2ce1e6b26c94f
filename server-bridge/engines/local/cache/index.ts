export { buildOf } from './build';
export { Cache, type EarlierFiles, type Lookup, type Start } from './cache';
export { factsOf, type InterpreterFacts } from './facts';
export { type Missing, UpstreamSearch } from './upstream';
