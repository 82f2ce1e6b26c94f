/** The OpenAPI 3.1 document of the operations. Pure: the same operations give the same document. */
import type { TSchema } from 'typebox';
import { Artifact, ArtifactPage, Lineage, RunArtifact } from '../artifacts';
import { Attempt, CellPage, CellView } from '../attempts';
import { CacheEntry, CachePage, CacheSize, Collected, Forgotten } from '../cache';
import { RunEvent, StreamEvent } from '../event';
import { Experiment, ExperimentPage, Metric, MetricPage, MetricSeries } from '../metrics';
import { Diagnostic, Parameter, Pipeline, Step } from '../pipeline';
import { PlannedStep, RunPlan } from '../plan';
import { ProblemDetails, Run, RunPage, RunSummary, StepStatus, Version } from '../resources';
import { type Answer, API_PREFIX, type Operation, operations } from './operations';

const NAMED: Readonly<Record<string, TSchema>> = {
  Artifact,
  ArtifactPage,
  Attempt,
  CacheEntry,
  CachePage,
  CacheSize,
  CellPage,
  CellView,
  Collected,
  Diagnostic,
  Experiment,
  ExperimentPage,
  Forgotten,
  Lineage,
  Metric,
  MetricPage,
  MetricSeries,
  Parameter,
  Pipeline,
  PlannedStep,
  ProblemDetails,
  Run,
  RunArtifact,
  RunEvent,
  RunPage,
  RunPlan,
  RunSummary,
  Step,
  StepStatus,
  StreamEvent,
  Version
};

type Plain = Readonly<Record<string, unknown>>;

const names = new Map<unknown, string>(Object.entries(NAMED).map(([name, schema]) => [schema, name]));

/** A schema with references to the named ones inside it. */
function referring(schema: unknown, top = false): unknown {
  const name = top ? undefined : names.get(schema);
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  if (Array.isArray(schema)) return schema.map(part => referring(part));
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, referring(part)]));
}

/** What every operation may answer. */
const ALWAYS: Readonly<Record<number, string>> = {
  400: 'The request is malformed.',
  401: 'No token, or not the right one.',
  403: 'Not for this caller.',
  406: 'Not to be had as what `Accept` asks for.',
  408: 'The request did not come in time.',
  429: 'Too much at once; `Retry-After` says when again.',
  431: 'The header is larger than 64 kB.',
  500: 'A bug of the bridge.',
  503: 'The bridge cannot do it now (it is starting or ending, the disk is full).'
};

const MORE: Readonly<Record<number, string>> = {
  404: 'There is no such thing, or not for this caller.',
  409: 'Its state does not allow it, or the key was used for another request.',
  412: 'It has changed since (`If-Match`).',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  416: 'No such range.',
  422: 'It is well formed, but cannot be done: no pipeline, a parameter of the wrong type, …'
};

const problem = (description: string): Plain => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } }
});

const header = (name: string, description: string): Plain => ({
  name,
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description
});

function parametersOf(operation: Operation): readonly Plain[] {
  const of = (where: string, schema: Operation['query']): Plain[] =>
    Object.entries(schema?.properties ?? {}).map(([name, type]) => ({
      name,
      in: where,
      required: where === 'path' || (schema!.required ?? []).includes(name),
      schema: referring(type),
      ...(typeof (type as { description?: unknown }).description === 'string'
        ? { description: (type as { description?: string }).description }
        : {})
    }));
  const key = {
    name: 'idempotency-key',
    in: 'header',
    required: false,
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    description: 'The same key and request give the same answer, and make one thing.'
  };
  return [
    ...of('path', operation.params),
    ...of('query', operation.query),
    ...of('header', operation.headers),
    ...(operation.creates ? [key] : []),
    ...(operation.conditional
      ? [{ ...header('if-none-match', 'An ETag that the caller has: 304 if it still holds.') }]
      : []),
    ...(operation.problems?.includes(412)
      ? [{ ...header('if-match', 'An ETag: 412 if it does not hold any more.') }]
      : [])
  ];
}

/** Bodies by media type. What is no JSON is text, or bytes, of which a schema says nothing. */
function contentOf({ schema, type }: Answer): Plain {
  if (schema === undefined && type === undefined) return {};
  const types = typeof type === 'string' ? [type] : (type ?? ['application/json']);
  const body = type === undefined ? { schema: referring(schema) } : typeof type === 'string' ? TEXT[type] : {};
  return { content: Object.fromEntries(types.map(one => [one, body ?? {}])) };
}

const TEXT: Readonly<Record<string, Plain>> = {
  'text/event-stream': {
    schema: { type: 'string', description: 'Server-sent events; the data of each is a `StreamEvent` as JSON.' }
  },
  'text/plain': { schema: { type: 'string' } },
  'application/x-ipynb+json': { schema: { type: 'object' } }
};

function operationPage(id: string, operation: Operation): Plain {
  const answers = Object.entries(operation.answers).map(([status, answer]) => [
    status,
    {
      description: answer.description,
      ...contentOf(answer),
      ...(answer.headers === undefined
        ? {}
        : {
            headers: Object.fromEntries(
              Object.entries(answer.headers).map(([name, description]) => [
                name,
                { description, schema: { type: 'string' } }
              ])
            )
          })
    }
  ]);
  if (operation.conditional) answers.push(['304', { description: 'The caller has it (`If-None-Match`).' }]);
  const codes = [...(operation.problems ?? []), ...(operation.body === undefined ? [] : [413, 415])];
  const problems = [
    ...Object.entries(ALWAYS),
    ...[...new Set(codes)].map(code => [String(code), MORE[code]!] as const)
  ].map(([code, text]) => [code, problem(text)]);
  return {
    operationId: id,
    summary: operation.summary,
    tags: [operation.tag],
    parameters: parametersOf(operation),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: referring(operation.body) } } } }),
    responses: Object.fromEntries([...answers, ...problems])
  };
}

export function openapi(version: string): Plain {
  const paths: Record<string, Record<string, Plain>> = {};
  for (const [id, operation] of Object.entries(operations as Readonly<Record<string, Operation>>))
    (paths[`${API_PREFIX}${operation.path}`] ??= {})[operation.method.toLowerCase()] = operationPage(id, operation);
  return {
    openapi: '3.1.0',
    info: { title: 'Cellway bridge', version, license: { name: 'BSD-3-Clause', identifier: 'BSD-3-Clause' } },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(Object.entries(NAMED).map(([name, schema]) => [name, referring(schema, true)]))
    }
  };
}
