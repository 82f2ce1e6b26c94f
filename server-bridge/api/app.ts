import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { API_PREFIX, type Operation, openapi, operations } from '@cellway/core/api/http';
import fastify, { LogController, type FastifyBaseLogger, type FastifyError, type FastifyInstance } from 'fastify';
import type { Bridge } from '../service/bridge';
import type { Metering } from '../service/metering';
import type { Settings } from '../settings';
import { localOwner, type Owner, StoreNewer } from '../store';
import { takeJson } from './json-body';
import { ApiProblem, PROBLEM_TYPE } from './problem';
import { artifactRoutes } from './routes/artifacts';
import { cacheRoutes } from './routes/cache';
import { eventRoutes } from './routes/events';
import { experimentRoutes } from './routes/experiments';
import { metricRoutes } from './routes/metrics';
import { pipelineRoutes } from './routes/pipelines';
import { runRoutes } from './routes/runs';
import { serviceRoutes } from './routes/service';
import { stepRoutes } from './routes/steps';
import { Streams } from './stream';
import { described, validatorCompiler } from './validation';

export interface AppSettings {
  readonly bridge: Bridge;
  readonly token: string;
  readonly version: string;
  readonly log: FastifyBaseLogger;
  readonly limits: Settings['limits'];
  readonly metering: Metering;
  /** Ends the service once open requests are answered; why is for the log. */
  readonly end: (why: string) => void;
  /** Why it is not ready to answer; null when it is. */
  readonly notReady: () => string | null;
}

const sha = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The bridge's HTTP face. */
export function makeApp(settings: AppSettings): { readonly app: FastifyInstance; readonly streams: Streams } {
  const { bridge, token, version, log, limits, metering } = settings;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 5000 },
    // A whole request must be there by then; answers may stream for ever.
    requestTimeout: limits.request * 1000,
    connectionTimeout: 0,
    // Room for a long path in a query, each of its characters encoded.
    http: { maxHeaderSize: 65_536 },
    keepAliveTimeout: 60_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    clientErrorHandler
  });
  app.server.headersTimeout = Math.min(20, limits.request) * 1000;
  app.server.maxConnections = limits.connections;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => data => JSON.stringify(data));
  takeJson(app);
  app.decorate('limits', limits);
  app.decorateRequest('owner', null);
  const streams = new Streams(bridge.feed, limits.streams);

  const wanted = sha(token);
  app.addHook('onRequest', async request => {
    const open = !request.url.startsWith(`${API_PREFIX}/`) && !request.url.startsWith('/metrics');
    if (open && request.is404) throw nothingThere(request.method, request.url);
    if (open) return;
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(sha(given), wanted))
      throw new ApiProblem(
        401,
        'token',
        'A token is needed: `Authorization: Bearer …`, or this one is not it.',
        {},
        { 'www-authenticate': 'Bearer' }
      );
    // Before the body is looked at: whatever it is, nobody is there to take it.
    if (request.is404) throw nothingThere(request.method, request.url);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { operation = 'none' } = request.routeOptions.config as { readonly operation?: string };
    metering.request(operation, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
  app.addHook('preHandler', async request => {
    const { profile } = (request.query ?? {}) as { readonly profile?: string };
    if (profile !== undefined && profile !== localOwner.profile)
      throw new ApiProblem(403, 'profile-forbidden', `Profile '${profile.slice(0, 200)}' is not the caller's.`);
    request.setDecorator<Owner>('owner', localOwner);
  });
  app.addHook('onSend', async (_, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
    reply.header('content-security-policy', "default-src 'none'; sandbox");
  });

  app.setErrorHandler((error: FastifyError, request, reply) => {
    if (error instanceof StoreNewer) settings.end('a newer Cellway has the store');
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error, url: request.url }, 'a request failed');
    metering.problem(problem.status, problem.code);
    return reply.code(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(JSON.stringify(problem.details));
  });
  const page = JSON.stringify(openapi(version));
  app.get(`${API_PREFIX}/openapi.json`, (_, reply) => reply.type('application/json').send(page));
  serviceRoutes(app, settings, streams);
  pipelineRoutes(app, bridge);
  runRoutes(app, bridge);
  stepRoutes(app, bridge);
  artifactRoutes(app, bridge);
  metricRoutes(app, bridge);
  experimentRoutes(app, bridge);
  cacheRoutes(app, bridge);
  eventRoutes(app, bridge, streams);
  return { app, streams };
}

const routes = Object.values(operations as Readonly<Record<string, Operation>>).map(({ method, path, endless }) => ({
  methods: method === 'GET' && !endless ? ['GET', 'HEAD'] : [method],
  pattern: new RegExp(`^${API_PREFIX}${path.replace(/\{\w+\}/g, '[^/]+')}$`)
}));

/** 405 with what is allowed where the path is one, else 404. */
function nothingThere(method: string, url: string): ApiProblem {
  const path = url.split('?')[0]!;
  const allow = routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
  const shown = path.slice(0, 200);
  return allow.length > 0
    ? new ApiProblem(405, 'method', `${method} is not for ${shown}.`, {}, { allow: allow.join(', ') })
    : new ApiProblem(404, 'path-unknown', `There is nothing at ${shown}.`);
}

function problemOf(error: FastifyError): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof StoreNewer)
    return new ApiProblem(503, 'store-newer', error.message, { fix: 'Upgrade Cellway; this bridge ends.' });
  if (error.validation) {
    const errors = described(error.validation, error.validationContext ?? 'request');
    const text = errors.map(({ at, message }) => `${at} ${message}`).join('; ');
    return new ApiProblem(400, 'request-invalid', `${text}.`, { errors: [...errors] });
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiProblem(413, 'body-too-large', 'The body is larger than this operation takes.', {
        fix: 'How large it may be is in the settings limits.body and, for a notebook, limits.notebook.'
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiProblem(415, 'media-type', 'The body has to be application/json.');
    default:
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new ApiProblem(status, 'request-malformed', error.message);
  const code = (error as { readonly errcode?: number }).errcode;
  if (code === 13 || error.code === 'ENOSPC')
    return new ApiProblem(503, 'disk-full', 'The disk is full.', {
      fix: 'Free space, or remove runs (cellway prune) and cached results (cellway cache forget).'
    });
  return new ApiProblem(500, 'internal', 'The bridge failed at this request; its log says more.');
}

/** What is no HTTP at all, or too long a header: Node tells, and the connection ends. */
function clientErrorHandler(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new ApiProblem(431, 'header-too-large', 'The header is larger than 64 kB.')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new ApiProblem(408, 'timeout', 'The request did not come in time.')
        : new ApiProblem(400, 'request-malformed', 'This is no HTTP request.');
  const body = JSON.stringify(problem.details);
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${problem.status} ${problem.details.title}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
    );
  socket.destroySoon();
}
