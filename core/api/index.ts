/** Types of all that passes through the bridge's API, and what cells' output events mean. The schemas, for those who validate, are in `core/api/http`. */
export type * from './artifacts';
export type * from './attempts';
export type * from './cache';
export type * from './event';
export type * from './metrics';
export * from './outputs';
export type * from './pipeline';
export type * from './plan';
export type * from './resources';
export type { Json } from './schema';
