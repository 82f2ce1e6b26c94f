import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { API_VERSION } from '@cellway/core/api/http';
import { pino } from 'pino';
import { makeApp } from '../api/app';
import { makeDataFolder } from '../runs/data-folder';
import { type Refusal, refused } from '../runs/refusal';
import type { Settings } from '../settings';
import { isStore, openStore, STORE_VERSION } from '../store';
import { Bridge } from './bridge';
import { policyOf } from './cache';
import { endWhenIdle, endWhenLost } from './ending';
import { takeLead } from './leader';
import { listen } from './listen';
import { LogFile } from './log-file';
import { Metering } from './metering';
import { announce, readPlace, withdraw } from './place';

export interface ServeSettings {
  readonly settings: Settings;
  readonly version: string;
  /** Path of the bundled `compile-worker`. */
  readonly compileWorker: string;
  /** Seconds without requests, streams and open runs after which it ends; null: never. */
  readonly idle: number | null;
  /** Where the log goes besides its file. */
  readonly echo?: { readonly write: (line: string) => unknown };
}

export interface Serving {
  readonly kind: 'serving';
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Starts the bridge of a data folder; refused with the reason when it cannot be. */
export async function serveBridge({
  settings,
  version,
  compileWorker,
  idle,
  echo
}: ServeSettings): Promise<Serving | Refusal> {
  const { data, limits } = settings;
  const unfit = makeDataFolder(data);
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
  const file = new LogFile(join(data, 'bridge.log'), settings.log.size, settings.log.keep);
  const log = pino(
    { level: settings.log.level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write: line => {
        file.write(line);
        echo?.write(line);
      }
    }
  );
  const token = randomBytes(32).toString('base64url');
  const metering = new Metering();
  let ready = false;
  let end: (why: string) => void = () => undefined;
  const bridge = new Bridge(data, store, compileWorker, policyOf(settings.cache), {
    warn: (message, fields) => log.warn(fields, message),
    end: why => end(why),
    metering
  });
  const { app, streams } = makeApp({
    bridge,
    token,
    version,
    log,
    limits,
    metering,
    end: why => end(why),
    notReady: () => (ready ? bridge.intake.trouble : 'it is starting or ending')
  });

  const { host, port, socket } = settings.bridge;
  const address = await listen(app, socket === null ? { kind: 'tcp', host, port } : { kind: 'unix', path: socket });
  if (address.kind === 'refused') {
    await bridge.close();
    file.close();
    lead.release();
    return address;
  }
  announce(data, { address, token, cellway: version, api: API_VERSION, store: STORE_VERSION });
  ready = true;
  const clocks = [
    endWhenLost(data, () => end('nobody can find it: the data folder is gone')),
    ...(idle === null
      ? []
      : [
          endWhenIdle(
            app.server,
            idle,
            () => bridge.intake.open > 0,
            () => end('nothing to do')
          )
        ])
  ];
  log.info({ address, data, version }, 'serving');

  const ended = new Promise<void>(resolve => {
    end = why => {
      end = () => undefined;
      log.info({ why }, 'ends');
      ready = false;
      for (const clock of clocks) clearInterval(clock);
      withdraw(data);
      streams.close();
      void app
        .close()
        .then(() => bridge.close())
        .then(() => {
          lead.release();
          log.info('ended');
          file.close();
          resolve();
        });
    };
  });
  return { kind: 'serving', ended, stop: () => end('a signal') };
}
