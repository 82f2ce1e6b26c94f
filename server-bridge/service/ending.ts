import type { Server } from 'node:http';
import { readPlace } from './place';

/** How often is looked, in milliseconds. */
const LOOK = 1000;

/**
 * Ends a service that had nothing to do for `idle` seconds: no request, and nothing that `occupied` names. By a clock
 * that nobody sets.
 */
export function endWhenIdle(server: Server, idle: number, occupied: () => boolean, end: () => void): NodeJS.Timeout {
  let busy = performance.now();
  let requests = 0;
  // On the server itself: Fastify tells neither of the end of a stream nor of one whose client went away.
  server.on('request', (_, response) => {
    requests += 1;
    response.once('close', () => {
      requests -= 1;
      busy = performance.now();
    });
  });
  return setInterval(() => {
    if (requests > 0 || occupied()) busy = performance.now();
    else if (performance.now() - busy > idle * 1000) end();
  }, LOOK);
}

/** Ends a service that is announced no longer: whoever looks for it starts another. */
export function endWhenLost(data: string, end: () => void): NodeJS.Timeout {
  return setInterval(() => {
    if (readPlace(data)?.pid !== process.pid) end();
  }, LOOK);
}
