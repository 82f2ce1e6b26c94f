import { randomBytes } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { API_VERSION } from '@cellway/core/api/http';
import { pino } from 'pino';
import { makeApp } from '../api/app';
import { type Refusal, refused } from '../runs/refusal';
import { isStore, openStore, STORE_VERSION } from '../store';
import { Bridge } from './bridge';
import { checkFolder } from './data-folder';
import { takeLead } from './leader';
import { Metering } from './metering';
import { announce, readPlace, withdraw } from './place';

export interface ServeSettings {
  readonly data: string;
  readonly version: string;
  /** Path of the bundled `compile-worker`. */
  readonly compileWorker: string;
  readonly listen:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string };
  /** Seconds without requests, streams and open runs after which it ends; null: never. */
  readonly idle: number | null;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
}

export interface Serving {
  readonly kind: 'serving';
  readonly address: string;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Starts the bridge of a data folder; refused with the reason when it cannot be. */
export async function serveBridge(settings: ServeSettings): Promise<Serving | Refusal> {
  const { data, version, listen, idle } = settings;
  const unfit = checkFolder(data);
  if (unfit !== null) return unfit;
  const lead = takeLead(data);
  if (lead === null) {
    const place = readPlace(data);
    return refused({
      code: 'bridge-running',
      message: `A bridge of ${data} runs already${place === null ? '' : ` (process ${place.pid})`}.`,
      fix: 'It is shared: no other one is needed.'
    });
  }
  const store = openStore(data);
  if (!isStore(store)) {
    lead.release();
    return store;
  }
  const log = pino({ level: settings.level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime });
  const token = randomBytes(32).toString('base64url');
  const metering = new Metering();
  const bridge = new Bridge(data, store, settings.compileWorker, (message, fields) => log.warn(fields, message));
  let ready = false;
  let stop: () => void = () => undefined;
  const { app, streams } = makeApp({
    bridge,
    token,
    version,
    log,
    metering,
    shutdown: () => stop(),
    ready: () => ready
  });

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

  if (listen.kind === 'unix') rmSync(listen.path, { force: true });
  const address = await app.listen(
    listen.kind === 'unix' ? { path: listen.path } : { host: listen.host, port: listen.port }
  );
  if (listen.kind === 'unix') chmodSync(listen.path, 0o600);
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const where = listen.kind === 'unix' ? listen : { kind: 'tcp' as const, host: listen.host, port };
  announce(data, { address: where, token, cellway: version, api: API_VERSION, store: STORE_VERSION });
  ready = true;
  log.info({ address, data, version }, 'serving');

  const clock = setInterval(() => {
    if (streams.open > 0 || requests > 0 || bridge.intake.open > 0) busy = performance.now();
    else if (idle !== null && performance.now() - busy > idle * 1000) stop();
  }, 1000);

  const ended = new Promise<void>(resolve => {
    stop = () => {
      stop = () => undefined;
      ready = false;
      clearInterval(clock);
      withdraw(data);
      streams.close();
      void app
        .close()
        .then(() => bridge.close())
        .then(() => {
          lead.release();
          log.info('ended');
          resolve();
        });
    };
  });
  return { kind: 'serving', address, ended, stop: () => stop() };
}
