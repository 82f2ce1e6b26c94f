export type * from './ast';
