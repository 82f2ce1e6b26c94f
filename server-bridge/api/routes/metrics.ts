import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../service/bridge';
import { readName, readPlace, writeName, writePlace } from '../cursor';
import { finder } from '../finding';
import { serve } from '../operation';
import { notFound } from '../problem';

export function metricRoutes(app: FastifyInstance, bridge: Bridge): void {
  const find = finder(bridge);
  const { lists } = bridge.store;

  serve(app, 'runMetrics', ({ owner, params, query }) => {
    const { id } = find(owner, params.run);
    const { limit = 50 } = query;
    const found = lists.metrics(id, readName(query.cursor, 'metrics'), limit + 1);
    return {
      items: found.slice(0, limit),
      next: writeName(found.length > limit ? found[limit - 1]!.name : null, 'metrics')
    };
  });

  serve(app, 'metricSeries', ({ owner, params, query }) => {
    const { id } = find(owner, params.run);
    if (!lists.hasMetric(id, params.metric)) throw notFound('metric', params.metric);
    const { limit = 1000 } = query;
    const found = lists.series(id, params.metric, readPlace(query.cursor, 'series'), limit + 1);
    return {
      items: found.slice(0, limit).map(({ place: _, ...point }) => point),
      next: writePlace(found.length > limit ? found[limit - 1]!.place : null, 'series')
    };
  });

  serve(app, 'metricNames', ({ owner, query }) => {
    const { limit = 50, experiment } = query;
    const found = lists.metricNames(owner, { experiment, after: readName(query.cursor, 'names'), limit: limit + 1 });
    return {
      items: found.slice(0, limit),
      next: writeName(found.length > limit ? found[limit - 1]!.name : null, 'names')
    };
  });
}
