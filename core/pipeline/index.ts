export { Analysis } from './analysis';
export { blocking } from './blocking';
export { canonical, pretty } from './canonical';
export { cellDigest, contextDigest, DEFAULT_CONTEXT, type PipelineContext } from './context';
export { type Derivation, derive, type PipelineOptions, pipeline } from './derive';
export { checkedValues, givenValues, type ParameterValue, parseParameterValue } from './values';
export { moduleNames, type ModuleText } from './module-names';
