/** What happens, as lists and as streams. */
import { Type } from 'typebox';
import { StreamEvent } from '../../event';
import { type Operation, params, query, run, several } from './shape';

export const events = {
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
  events: {
    method: 'GET',
    path: '/events',
    summary: 'Events of all runs that the caller may see, as they happen (server-sent events)',
    tag: 'events',
    endless: true,
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
