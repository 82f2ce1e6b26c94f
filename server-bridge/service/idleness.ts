import type { FastifyInstance } from 'fastify';

/**
 * Ends a service that had nothing to do for `idle` seconds: no request, and nothing that `occupied` names. By a clock
 * that nobody sets.
 */
export function endWhenIdle(
  app: FastifyInstance,
  idle: number,
  occupied: () => boolean,
  end: () => void
): { readonly close: () => void } {
  let busy = performance.now();
  let requests = 0;
  app.addHook('onRequest', async () => {
    requests += 1;
    busy = performance.now();
  });
  app.addHook('onResponse', async () => {
    requests -= 1;
    busy = performance.now();
  });
  const clock = setInterval(() => {
    if (requests > 0 || occupied()) busy = performance.now();
    else if (performance.now() - busy > idle * 1000) end();
  }, 1000);
  return { close: () => clearInterval(clock) };
}
