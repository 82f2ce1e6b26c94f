/** The bridge's API for those who serve or call it: operations, schemas, the OpenAPI page. */
export * from '../event';
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
