/** Types of all that passes through the bridge's API. The schemas, for those who validate, are in `core/api/http`. */
export type * from './event';
export type * from './pipeline';
export type * from './resources';
export type { Json } from './schema';
