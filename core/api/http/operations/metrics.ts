/** Metrics of runs, and the names that runs have. */
import { Type } from 'typebox';
import { MetricNames, MetricPage, MetricSeries } from '../../metrics';
import { type Operation, page, params, query, run } from './shape';

export const metrics = {
  runMetrics: {
    method: 'GET',
    path: '/runs/{run}/metrics',
    summary: "A run's metrics with their last values, by name",
    tag: 'metrics',
    params: params(run),
    query: query(page),
    answers: { 200: { description: 'A page of metrics.', schema: MetricPage } },
    problems: [404]
  },
  metricSeries: {
    method: 'GET',
    path: '/runs/{run}/metrics/{metric}',
    summary: 'All values of a metric in the order in which they were recorded',
    tag: 'metrics',
    params: params({ ...run, metric: Type.String({ minLength: 1, maxLength: 500 }) }),
    query: query({
      ...page,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1000 }))
    }),
    answers: { 200: { description: 'A page of values.', schema: MetricSeries } },
    problems: [404]
  },
  metricNames: {
    method: 'GET',
    path: '/metrics',
    summary: 'Names of metrics that runs have, for columns and filters',
    tag: 'metrics',
    query: query({
      ...page,
      experiment: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Only of its runs.' }))
    }),
    answers: { 200: { description: 'A page of names.', schema: MetricNames } }
  }
} as const satisfies Readonly<Record<string, Operation>>;
