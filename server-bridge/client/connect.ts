import { spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError, Client } from '@cellway/core/api/client';
import { API_PREFIX } from '@cellway/core/api/http';
import { makeDataFolder } from '../runs/data-folder';
import { type Refusal, refused } from '../runs/refusal';
import { lives, signalProcess } from '../runs/process';
import { isNear, type Place, readPlace } from '../service/place';
import { ROUTES } from './routes';
import { isLost, transport } from './transport';

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

/** Takeovers in a row: more would be two versions that take turns. */
const TURNS = 3;

/** A bridge whose API is none that we know. */
interface Foreign {
  readonly kind: 'foreign';
  readonly place: Place;
}

/**
 * The bridge of a data folder: the one that runs, else one that is started now and shared by all who come. A running one
 * of an older version makes room for ours; a newer one is used as it is: what is in the API stays.
 */
export async function connect(data: string, ours: Ours): Promise<Connection | Refusal> {
  const unfit = makeDataFolder(data);
  if (unfit !== null) return unfit;
  let found: Connection | Foreign | Refusal | null = await look(data);
  for (let turn = 0; turn < TURNS && found !== null && found.kind !== 'refused'; turn++) {
    if (!isNewer(ours, found.place)) break;
    await end(data, found);
    found = await start(data, ours);
  }
  found ??= await start(data, ours);
  return found.kind === 'foreign' ? unknownApi(data, ours, found.place) : found;
}

function unknownApi(data: string, ours: Ours, { cellway }: Place): Refusal {
  return refused({
    code: 'bridge-newer',
    message: `The bridge of ${data} is that of Cellway ${cellway}; this is ${ours.cellway}, which does not know its API.`,
    fix: 'Upgrade Cellway here, or name another data folder with --data or CELLWAY_DATA.'
  });
}

/** Ends the bridge of a data folder: its runs go on. Null where none runs. */
export async function stopBridge(data: string): Promise<Place | null> {
  const found = await look(data);
  if (found === null) return null;
  await end(data, found);
  return found.place;
}

/** It ends once open requests are answered. One that we cannot talk with gets the signal that means the same. */
async function end(data: string, found: Connection | Foreign): Promise<void> {
  if (found.kind === 'connection') await found.client.call('shutdown', { query: {} });
  else if (isNear(found.place)) signalProcess(found.place.pid, 'SIGTERM');
  await gone(data, found.place);
}

/** The bridge that runs and can be asked; null when there is none. */
export async function running(data: string): Promise<Connection | null> {
  const found = await look(data);
  return found?.kind === 'connection' ? found : null;
}

/** The bridge that runs, null when there is none: what is announced may be gone, its pid another process's. */
async function look(data: string): Promise<Connection | Foreign | null> {
  const place = readPlace(data);
  if (place === null || (isNear(place) && !lives(place))) return null;
  try {
    const asked = new Client(transport(place, ANSWER), ROUTES, API_PREFIX);
    const version = await asked.call('version', { query: {} });
    if (version.pid !== place.pid) return null;
    return { kind: 'connection', client: new Client(transport(place), ROUTES, API_PREFIX), place };
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 404) return { kind: 'foreign', place };
    if (isLost(error) || error instanceof ApiError) return null;
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

/** Waits until a bridge has ended, but not for ever. */
async function gone(data: string, place: Place): Promise<void> {
  const until = performance.now() + ANSWER;
  const there = () => (isNear(place) ? lives(place) : readPlace(data)?.pid === place.pid);
  while (performance.now() < until && there()) await pause(20);
}

export const pause = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));

/** What a bridge that was started on demand says besides its log: why it could not be, or how it crashed. */
const OUTPUT = 'bridge.out';
const MUCH = 1_000_000;

async function start(data: string, { program }: Ours): Promise<Connection | Foreign | Refusal> {
  mkdirSync(data, { recursive: true });
  const path = join(data, OUTPUT);
  const output = openSync(path, 'a', 0o600);
  if (fstatSync(output).size > MUCH) ftruncateSync(output);
  const before = fstatSync(output).size;
  const [command, ...args] = program;
  const child = spawn(command!, [...args, 'serve', '--on-demand', '--data', data], {
    detached: true,
    stdio: ['ignore', output, output],
    cwd: data
  });
  closeSync(output);
  child.unref();
  let ended = false;
  child.on('exit', () => (ended = true));
  child.on('error', () => (ended = true));
  const began = performance.now();
  while (performance.now() < began + START) {
    await pause(15);
    const found = await look(data);
    if (found !== null) return found;
    if (!ended) continue;
    const said = refusalIn(readFileSync(path).subarray(before).toString('utf8'));
    if (said?.reason.code !== 'bridge-running') return said ?? crashed(data);
    // Another command's bridge was first: it answers soon, if it can.
    if (performance.now() > began + ANSWER) return unreachable(data);
  }
  return crashed(data);
}

/** The refusal that a bridge said; null where it ended otherwise. */
function refusalIn(said: string): Refusal | null {
  const line = said.split('\n').find(text => text.startsWith('{"kind":"refused"'));
  return line === undefined ? null : (JSON.parse(line) as Refusal);
}

/** Somebody holds the lead, by the same kernel's locks, and what is announced does not answer. */
function unreachable(data: string): Refusal {
  const place = readPlace(data);
  const who = place === null ? '' : ` (process ${place.pid}, Cellway ${place.cellway})`;
  return refused({
    code: 'bridge-unreachable',
    message: `A bridge of ${data} runs${who}, but it does not answer from here: it may hang, or run in another container.`,
    fix: 'End it, or name another data folder with --data or CELLWAY_DATA.'
  });
}

function crashed(data: string): Refusal {
  return refused({
    code: 'bridge-not-started',
    message: `The bridge of ${data} did not start.`,
    fix: `See ${join(data, OUTPUT)} and ${join(data, 'bridge.log')}, or start it yourself: cellway serve.`
  });
}
