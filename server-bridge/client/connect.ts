import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { Client, type Routes, type Transport } from '@cellway/core/api/client';
import type { StreamEvent, Version } from '@cellway/core/api/http';
import { type Refusal, refused } from '../runs/refusal';
import { startTicks } from '../runs/process';
import { checkFolder } from '../service/data-folder';
import { type Place, readPlace } from '../service/place';
import { ROUTES } from './routes';

/** A bridge that answers. */
export interface Connection {
  readonly kind: 'connection';
  readonly client: Client;
  readonly place: Place;
}

export interface Ours {
  readonly cellway: string;
  readonly store: number;
  /** What runs this program: its command comes behind. */
  readonly program: readonly string[];
}

const START = 20_000;
const ANSWER = 5000;

/**
 * The bridge of a data folder: the one that runs, else one that is started now and shared by all who come. A running one
 * of an older version makes room for ours; a newer one is used as it is: what is in the API stays.
 */
export async function connect(data: string, ours: Ours): Promise<Connection | Refusal> {
  const unfit = checkFolder(data);
  if (unfit !== null) return unfit;
  const found = await running(data);
  if (found !== null) {
    if (!isNewer(ours, found.place)) return found;
    await found.client.call('shutdown', { query: {} });
    await gone(found.place);
  }
  return start(data, ours);
}

/** The bridge that runs, null when there is none. */
export async function running(data: string): Promise<Connection | null> {
  const place = readPlace(data);
  if (place === null || (place.started !== null && place.started !== startTicks(place.pid))) return null;
  const client = new Client(transport(place), ROUTES, '/api/v1');
  try {
    const version: Version = await client.call('version', { query: {} });
    return version.pid === place.pid ? { kind: 'connection', client, place } : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

function isNewer(ours: Ours, place: Place): boolean {
  if (ours.store !== place.store) return ours.store > place.store;
  const numbers = (text: string) => text.split('.').map(part => Number.parseInt(part, 10) || 0);
  const [a, b] = [numbers(ours.cellway), numbers(place.cellway)];
  for (let at = 0; at < 3; at++) if (a[at] !== b[at]) return (a[at] ?? 0) > (b[at] ?? 0);
  return false;
}

async function gone({ pid, started }: Place): Promise<void> {
  const end = Date.now() + ANSWER;
  while (Date.now() < end && startTicks(pid) === started && started !== null) await pause(20);
}

const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

async function start(data: string, { program }: Ours): Promise<Connection | Refusal> {
  mkdirSync(data, { recursive: true });
  const path = join(data, 'bridge.log');
  const log = openSync(path, 'a', 0o600);
  const [command, ...args] = program;
  const child = spawn(command!, [...args, 'serve', '--on-demand', '--data', data], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: data
  });
  closeSync(log);
  child.unref();
  let ended = false;
  child.on('exit', () => (ended = true));
  child.on('error', () => (ended = true));
  const until = Date.now() + START;
  while (Date.now() < until) {
    await pause(15);
    const found = await running(data);
    if (found !== null) return found;
    // Another command's bridge may have been first: it answers soon.
    if (ended && readPlace(data) === null) await pause(200);
    if (ended && (await running(data)) === null && readPlace(data) === null) break;
  }
  const said = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) : '';
  return refused({
    code: 'bridge-not-started',
    message: `The bridge of ${data} did not start${said ? `: ${said.slice(0, 500)}` : '.'}`,
    fix: `See ${path}, or start it yourself: cellway serve.`
  });
}

function options(place: Place): { readonly host?: string; readonly port?: number; readonly socketPath?: string } {
  const { address } = place;
  return address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
}

function transport(place: Place): Transport {
  return ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { ...options(place), method, path, headers: { ...headers, authorization: `Bearer ${place.token}` } },
        response => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers as Record<string, string | undefined>,
              text: Buffer.concat(parts).toString('utf8')
            })
          );
        }
      );
      sent.on('error', reject);
      sent.end(body);
    });
}

/**
 * Events of runs from a position on (absent: from now on); goes on over breaks of the connection, without a loss, as
 * long as a bridge of the data folder can be reached. Ends with the signal.
 */
export async function* streamEvents(
  connection: Connection,
  query: { readonly run?: readonly string[]; readonly after?: string },
  signal: AbortSignal
): AsyncGenerator<StreamEvent, void, void> {
  const { client, place } = connection;
  const path = client.path('events', { query });
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    const sent = request(
      { ...options(place), path, headers: { authorization: `Bearer ${place.token}` }, signal },
      resolve
    );
    sent.on('error', reject);
    sent.end();
  });
  response.setEncoding('utf8');
  let rest = '';
  for await (const part of response) {
    rest += String(part);
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const message = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (!message.includes('event: run-event')) continue;
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (data !== undefined) yield JSON.parse(data) as StreamEvent;
    }
  }
}

export type { Routes };
