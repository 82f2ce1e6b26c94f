export { Cache, type Start } from './cache';
export { askFacts, type InterpreterFacts, recalledFacts } from './facts';
export { UpstreamSearch } from './upstream';
