import {
  type InputOf,
  type Operation,
  type OperationName,
  type Operations,
  operations,
  type OutputOf,
  API_PREFIX
} from '@cellway/core/api/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../settings';
import type { Owner } from '../store';
import { accepts } from './accept';
import { ApiProblem } from './problem';

export interface Call<N extends OperationName> extends InputOf<Operations[N]> {
  readonly owner: Owner;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Gives what the operation answers, or sends it itself and gives the reply. */
export type Handler<N extends OperationName> = (
  call: Call<N>
) => OutputOf<Operations[N]> | FastifyReply | Promise<OutputOf<Operations[N]> | FastifyReply>;

/** Header schemas are never closed: clients send headers of all kinds. */
function schemaOf(operation: Operation): object {
  const { params, query, body, headers } = operation;
  return {
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    ...(headers ? { headers } : {})
  };
}

/** Serves an operation of `core/api`: its route, validation and status come from there. */
export function serve<N extends OperationName>(app: FastifyInstance, name: N, handler: Handler<N>): void {
  const operation: Operation = operations[name];
  const status = Number(Object.keys(operation.answers)[0]);
  const { schema, type } = operation.answers[status]!;
  const empty = schema === undefined && type === undefined;
  const limits = app.getDecorator<Settings['limits']>('limits');
  const types = Object.values(operation.answers).flatMap(({ type = 'application/json' }) => type);
  app.route({
    method: operation.method === 'GET' && !operation.endless ? ['GET', 'HEAD'] : operation.method,
    url: `${API_PREFIX}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`,
    config: { operation: name },
    schema: schemaOf(operation),
    bodyLimit: operation.notebook ? limits.notebook : limits.body,
    preValidation: async request => {
      if (!accepts(request.headers.accept, types))
        throw new ApiProblem(406, 'not-acceptable', `This is only to be had as ${[...new Set(types)].join(', ')}.`);
    },
    handler: async (request, reply) => {
      const { params, query, body } = request as unknown as InputOf<Operations[N]>;
      const owner = request.getDecorator<Owner>('owner');
      reply.code(status);
      const answer = await handler({ params, query, body, owner, request, reply });
      // A reply that was sent is a promise of its end: waiting for it gives undefined.
      return answer === undefined && !empty ? reply : reply.send(answer);
    }
  });
}
