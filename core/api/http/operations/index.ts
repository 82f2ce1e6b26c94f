/**
 * The bridge's operations, by subject: the one source of routes, validation, types of clients, and the OpenAPI page. Paths
 * are below `/api/v1`; path parameters stand in braces.
 */
import type { TSchema } from 'typebox';
import type { ValueOf } from '../../schema';
import { artifacts } from './artifacts';
import { cache } from './cache';
import { events } from './events';
import { experiments } from './experiments';
import { metrics } from './metrics';
import { pipelines } from './pipelines';
import { runs } from './runs';
import { service } from './service';
import type { Operation } from './shape';
import { steps } from './steps';

export type { Answer, Method, Operation } from './shape';

export const operations = {
  ...service,
  ...pipelines,
  ...runs,
  ...steps,
  ...artifacts,
  ...metrics,
  ...experiments,
  ...cache,
  ...events
} as const;

export type Operations = typeof operations;
export type OperationName = keyof Operations;

type Part<O, K extends string> = O extends { readonly [P in K]: infer S extends TSchema } ? ValueOf<S> : undefined;

/** What a caller gives. */
export interface InputOf<O extends Operation> {
  readonly params: Part<O, 'params'>;
  readonly query: Part<O, 'query'>;
  readonly body: Part<O, 'body'>;
}

type Answers<O> = O extends { readonly answers: infer A } ? A[keyof A] : never;

/** What it gets, where that is JSON. */
export type OutputOf<O extends Operation> =
  Answers<O> extends { readonly schema: infer S extends TSchema } ? ValueOf<S> : undefined;

export const API_PREFIX = '/api/v1';
/** Grows when something is added to the API; what is there stays. */
export const API_VERSION = 1;
