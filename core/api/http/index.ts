/** The bridge's API for those who serve or call it: operations, schemas, the OpenAPI page. */
export * from '../artifacts';
export * from '../attempts';
export * from '../cache';
export * from '../event';
export { BYTES, CONTENT_TYPES, mediaTypeOf, TAR } from '../media';
export * from '../metrics';
export * from '../plan';
export * from '../resources';
export { type Condition, type Operator, type Order, parseCondition, parseOrder } from './filter';
export { openapi } from './openapi';
export {
  type Answer,
  API_PREFIX,
  API_VERSION,
  type InputOf,
  type Method,
  type Operation,
  type OperationName,
  type Operations,
  operations,
  type OutputOf
} from './operations';
