import { API_VERSION, type Version } from '@cellway/core/api/http';
import type { FastifyInstance } from 'fastify';
import { STORE_VERSION } from '../../store';
import type { AppSettings } from '../app';
import { serve } from '../operation';
import type { Streams } from '../stream';

export function serviceRoutes(app: FastifyInstance, settings: AppSettings, streams: Streams): void {
  const { bridge, metering, end, notReady } = settings;
  const version: Version = { cellway: settings.version, api: API_VERSION, store: STORE_VERSION, pid: process.pid };
  serve(app, 'version', () => version);
  serve(app, 'shutdown', ({ reply }) => {
    reply.raw.once('close', () => end('asked to'));
    return version;
  });
  app.get('/healthz', (_, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', (_, reply) => {
    const why = notReady();
    return reply
      .code(why === null ? 200 : 503)
      .type('text/plain')
      .send(`${why ?? 'ok'}\n`);
  });
  app.get('/metrics', (_, reply) => {
    const text = metering.text({
      version,
      openRuns: bridge.intake.open,
      streams: streams.open,
      events: bridge.feed.last,
      ...bridge.room(),
      ready: notReady() === null
    });
    return reply.type('text/plain; version=0.0.4').send(text);
  });
}
