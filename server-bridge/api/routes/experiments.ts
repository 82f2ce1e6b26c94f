import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../service/bridge';
import { moveExperiment } from '../../service/experiments';
import type { Owner } from '../../store';
import { readName, writeName } from '../cursor';
import { serve } from '../operation';
import { ApiProblem, notFound } from '../problem';

export function experimentRoutes(app: FastifyInstance, bridge: Bridge): void {
  const { lists } = bridge.store;
  const find = (owner: Owner, name: string) => {
    const found = lists.experiment(owner, name);
    if (found === null) throw notFound('experiment', name);
    return found;
  };

  serve(app, 'listExperiments', ({ owner, query }) => {
    const { limit = 50 } = query;
    const names = lists.experimentNames(owner, readName(query.cursor, 'experiments'), limit + 1);
    return {
      items: names.slice(0, limit).map(name => find(owner, name)),
      next: writeName(names.length > limit ? names[limit - 1]! : null, 'experiments')
    };
  });
  serve(app, 'getExperiment', ({ owner, params }) => find(owner, params.experiment));
  serve(app, 'updateExperiment', async ({ owner, params, body }) => {
    const found = find(owner, params.experiment);
    if (body.name === found.name) return found;
    if (lists.experiment(owner, body.name) !== null)
      throw new ApiProblem(409, 'experiment-exists', `There is an experiment '${body.name}' already.`, {
        fix: 'Take another name, or move its runs one by one.'
      });
    await moveExperiment(bridge, owner, found.name, body.name);
    return find(owner, body.name);
  });
  serve(app, 'deleteExperiment', async ({ owner, params }) => {
    await moveExperiment(bridge, owner, find(owner, params.experiment).name, null);
    return undefined;
  });
}
