export { Cache, type Start } from './cache';
export { askFacts, type InterpreterFacts, recalledFacts } from './facts';
export { codeDigest } from './key';
