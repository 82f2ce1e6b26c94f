/** Runs: made, listed, looked at, changed. */
import { Type } from 'typebox';
import { Pipeline } from '../../pipeline';
import { RunPlan } from '../../plan';
import { NewRun, Run, RunPage } from '../../resources';
import { closed, Json, orNull } from '../../schema';
import { type Answer, type Operation, page, params, query, run, several, unlessChanged } from './shape';

const MADE = {
  description: 'The run that was made.',
  schema: Run,
  headers: { Location: 'Path of the run.' }
} as const satisfies Answer;

export const runs = {
  createRun: {
    method: 'POST',
    path: '/runs',
    summary: 'Makes a run of a notebook and starts it',
    tag: 'runs',
    query: query({}),
    body: NewRun,
    notebook: true,
    creates: true,
    answers: { 201: MADE },
    problems: [409, 422]
  },
  planRun: {
    method: 'POST',
    path: '/plan',
    summary: 'What a run of a notebook would take from the cache and what it would run; starts nothing',
    tag: 'runs',
    query: query({}),
    body: NewRun,
    notebook: true,
    answers: { 200: { description: 'Its steps, in notebook order.', schema: RunPlan } },
    problems: [409, 422]
  },
  listRuns: {
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first unless sorted otherwise',
    tag: 'runs',
    query: query({
      ...page,
      id: Type.Optional(
        Type.String({ maxLength: 50, description: 'The beginning of the id, with or without `r-`, or its last part.' })
      ),
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
    ...unlessChanged,
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
    summary: 'Deletes a run that has ended; what other runs show of it stays, and so do its results in the cache',
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
  }
} as const satisfies Readonly<Record<string, Operation>>;
