import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../service/bridge';
import { serve } from '../operation';
import { ApiProblem } from '../problem';
import type { Streams } from '../stream';

export function eventRoutes(app: FastifyInstance, bridge: Bridge, streams: Streams): void {
  serve(app, 'events', async ({ owner, query, request, reply }) => {
    const header = request.headers['last-event-id'];
    const position = (Array.isArray(header) ? header[0] : header) ?? query.after;
    const from = position === undefined ? bridge.feed.last : bridge.feed.placeOf(position);
    if (from === null)
      throw new ApiProblem(400, 'position', 'This is no position.', { fix: 'Take the id of an event, or none.' });
    const runs = query.run === undefined ? null : new Set(query.run);
    const types = query.type === undefined ? null : new Set(query.type);
    streams.admit();
    reply.hijack();
    await streams.run(reply.raw, {
      owner,
      from,
      wanted: ({ run, type }) => (runs?.has(run) ?? true) && (types?.has(type) ?? true)
    });
    return reply;
  });
}
