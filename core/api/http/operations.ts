/**
 * The bridge's operations: the one source of routes, validation, types of clients, and the OpenAPI page. Paths are below
 * `/api/v1`; path parameters stand in braces.
 */
import { type TObject, type TSchema, Type } from 'typebox';
import { StreamEvent } from '../event';
import { Pipeline } from '../pipeline';
import { NewRun, Run, RunId, RunPage, Version } from '../resources';
import { closed, Json, orNull, type ValueOf } from '../schema';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Answer {
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: TSchema;
  /** Absent: `application/json`. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly tag:
    | 'bridge'
    | 'pipelines'
    | 'runs'
    | 'steps'
    | 'artifacts'
    | 'metrics'
    | 'experiments'
    | 'cache'
    | 'events';
  readonly params?: TObject;
  readonly query?: TObject;
  readonly headers?: TObject;
  readonly body?: TSchema;
  /** Largest body in bytes; absent: 1 MB. */
  readonly limit?: number;
  /** Makes something: `Idempotency-Key` is heeded. */
  readonly creates?: true;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of problems that it can answer with, besides those of all. */
  readonly problems?: readonly number[];
}

/** In whose namespace; one, `default`, on a bridge of one user. */
const profile = { profile: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) };
const query = <P extends Record<string, TSchema>>(fields: P) => Type.Object({ ...profile, ...fields }, closed);
const run = { run: RunId };
const params = <P extends Record<string, TSchema>>(fields: P) => Type.Object(fields, closed);
const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the page before.' }))
};
const several = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { description, maxItems: 20 }));

/** Room for a notebook of 100 MB. */
const NOTEBOOK = 110_000_000;

const MADE = {
  description: 'The run that was made.',
  schema: Run,
  headers: { Location: 'Path of the run.' }
} as const satisfies Answer;

const Context = Type.Object(
  {
    python: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 99 }), { minItems: 2, maxItems: 2 })),
    stars: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    local: Type.Optional(Type.Array(Type.String()))
  },
  closed
);

export const operations = {
  version: {
    method: 'GET',
    path: '/version',
    summary: 'Versions, for the handshake between client, bridge and store',
    tag: 'bridge',
    query: query({}),
    answers: { 200: { description: 'Versions.', schema: Version } }
  },
  shutdown: {
    method: 'POST',
    path: '/shutdown',
    summary: 'Ends the bridge, so that another version can take over; runs go on under their supervisors',
    tag: 'bridge',
    query: query({}),
    answers: { 202: { description: 'It ends once open requests are answered.', schema: Version } }
  },
  compile: {
    method: 'POST',
    path: '/compile',
    summary: 'The pipeline that a notebook means',
    tag: 'pipelines',
    query: query({}),
    body: Type.Object(
      {
        notebook: Type.Unsafe<unknown>({ description: 'The notebook, nbformat 4.' }),
        /** The file's name without its ending, for one. */
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        eachCell: Type.Optional(Type.Boolean()),
        context: Type.Optional(Context)
      },
      closed
    ),
    limit: NOTEBOOK,
    answers: { 200: { description: 'The pipeline, with its diagnostics.', schema: Pipeline } },
    problems: [422]
  },
  createRun: {
    method: 'POST',
    path: '/runs',
    summary: 'Makes a run of a notebook and starts it',
    tag: 'runs',
    query: query({}),
    body: NewRun,
    limit: NOTEBOOK,
    creates: true,
    answers: { 201: MADE },
    problems: [409, 422]
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first unless sorted otherwise',
    tag: 'runs',
    query: query({
      ...page,
      state: several('Any of these states.'),
      notebook: Type.Optional(Type.String({ maxLength: 4096, description: 'Path of the notebook.' })),
      experiment: Type.Optional(Type.String({ maxLength: 200 })),
      name: Type.Optional(Type.String({ maxLength: 200, description: 'A part of the name.' })),
      since: Type.Optional(Type.Number({ description: 'Made at this time or later; seconds since the epoch.' })),
      until: Type.Optional(Type.Number({ description: 'Made before this time.' })),
      parameter: several('Conditions like `lr>=0.01`; all must hold.'),
      metric: several('Conditions like `auc>0.8`; all must hold.'),
      sort: Type.Optional(
        Type.String({
          maxLength: 300,
          description: '`created`, `name`, `took`, `metric:NAME`, `parameter:NAME`; with `-` before it descending.'
        })
      )
    }),
    answers: { 200: { description: 'A page of runs.', schema: RunPage } }
  },
  getRun: {
    method: 'GET',
    path: '/runs/{run}',
    summary: 'A run with its steps',
    tag: 'runs',
    params: params(run),
    query: query({}),
    answers: { 200: { description: 'The run.', schema: Run, headers: { ETag: 'Changes with the run.' } } },
    problems: [404]
  },
  updateRun: {
    method: 'PATCH',
    path: '/runs/{run}',
    summary: 'Renames a run, or moves it to an experiment (null: to none)',
    tag: 'runs',
    params: params(run),
    query: query({}),
    body: Type.Object(
      {
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        experiment: Type.Optional(orNull(Type.String({ minLength: 1, maxLength: 200 })))
      },
      closed
    ),
    answers: { 200: { description: 'The run as it is now.', schema: Run } },
    problems: [404, 412]
  },
  deleteRun: {
    method: 'DELETE',
    path: '/runs/{run}',
    summary: 'Deletes a run that has ended; what other runs show of it stays until they are gone',
    tag: 'runs',
    params: params(run),
    query: query({}),
    answers: { 204: { description: 'It is gone.' } },
    problems: [404, 409]
  },
  cancelRun: {
    method: 'POST',
    path: '/runs/{run}/cancel',
    summary: 'Asks a run to stop; its final event says when it has',
    tag: 'runs',
    params: params(run),
    query: query({}),
    answers: { 202: { description: 'It has been asked.', schema: Run } },
    problems: [404, 409]
  },
  retryRun: {
    method: 'POST',
    path: '/runs/{run}/retry',
    summary: 'Runs the same source with the same parameters again',
    tag: 'runs',
    params: params(run),
    query: query({}),
    creates: true,
    answers: { 201: MADE },
    problems: [404, 409, 422]
  },
  resumeRun: {
    method: 'POST',
    path: '/runs/{run}/resume',
    summary: 'Runs what had not succeeded, or all from a step on; the rest is taken from the run',
    tag: 'runs',
    params: params(run),
    query: query({}),
    body: Type.Object({ step: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) }, closed),
    creates: true,
    answers: { 201: MADE },
    problems: [404, 409, 422]
  },
  cloneRun: {
    method: 'POST',
    path: '/runs/{run}/clone',
    summary: 'Runs the same source with other parameters',
    tag: 'runs',
    params: params(run),
    query: query({}),
    body: Type.Object(
      {
        parameters: Type.Optional(Type.Record(Type.String(), Json)),
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        experiment: Type.Optional(orNull(Type.String({ minLength: 1, maxLength: 200 }))),
        options: Type.Optional(NewRun.properties.options)
      },
      closed
    ),
    creates: true,
    answers: { 201: MADE },
    problems: [404, 409, 422]
  },
  runEvents: {
    method: 'GET',
    path: '/runs/{run}/events',
    summary: "A run's events, by number",
    tag: 'events',
    params: params(run),
    query: query({
      after: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e12 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 }))
    }),
    answers: {
      200: {
        description: 'Events in order; fewer than `limit` when there are no more yet.',
        schema: Type.Object({ items: Type.Array(StreamEvent.properties.event) })
      }
    },
    problems: [404]
  },
  pipelineOfRun: {
    method: 'GET',
    path: '/runs/{run}/pipeline',
    summary: 'The pipeline that the run executes',
    tag: 'runs',
    params: params(run),
    query: query({}),
    answers: { 200: { description: 'The pipeline.', schema: Pipeline } },
    problems: [404]
  },
  sourceOfRun: {
    method: 'GET',
    path: '/runs/{run}/source',
    summary: 'The notebook exactly as the run took it',
    tag: 'runs',
    params: params(run),
    query: query({}),
    answers: { 200: { description: 'The notebook.', type: 'application/x-ipynb+json' } },
    problems: [404]
  },
  events: {
    method: 'GET',
    path: '/events',
    summary: 'Events of all runs that the caller may see, as they happen (server-sent events)',
    tag: 'events',
    query: query({
      run: several('Only of these runs.'),
      type: several('Only of these types (`run`, `step`, `runtime`, `plan-changed`, `note`).'),
      after: Type.Optional(
        Type.String({
          maxLength: 100,
          description: 'A position: `Last-Event-ID` of a stream or `position` of a list; absent: from now on.'
        })
      )
    }),
    headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 100 })) }),
    answers: {
      200: {
        description:
          'Messages `run-event` (data: the schema; id: a position), `reset` (the position is of another store: list again), comments as heartbeat.',
        type: 'text/event-stream',
        schema: StreamEvent
      }
    }
  }
} as const satisfies Readonly<Record<string, Operation>>;

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
