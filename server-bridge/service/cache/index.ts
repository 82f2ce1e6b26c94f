export type { Policy } from './choice';
export { Collector } from './collector';
export { entryShown, executionWith, forget, sizeOf } from './entries';
export { policyOf } from './policy';
