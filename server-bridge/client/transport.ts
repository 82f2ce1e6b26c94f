import { type IncomingMessage, request } from 'node:http';
import type { Transport } from '@cellway/core/api/client';
import type { Place } from '../service/place';

function reachedAt({ address }: Place): {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
} {
  return address.kind === 'unix' ? { socketPath: address.path } : { host: address.host, port: address.port };
}

/** The bridge does not answer in the time that was given. */
export class Silent extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Requests to an announced bridge. `patience`: milliseconds without any answer; absent: for ever. */
export function transport(place: Place, patience?: number): Transport {
  return ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { ...reachedAt(place), method, path, headers: { ...headers, authorization: `Bearer ${place.token}` } },
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
      if (patience !== undefined)
        sent.setTimeout(patience, () => sent.destroy(new Silent(`no answer within ${patience / 1000} s`)));
      sent.on('error', reject);
      sent.end(body);
    });
}

/** An answer whose body is read as it comes. */
export function openResponse(
  place: Place,
  path: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {}
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection of its own: one that streams is not given back to others.
    const options = { ...reachedAt(place), path, signal, agent: false };
    const sent = request({ ...options, headers: { ...headers, authorization: `Bearer ${place.token}` } }, resolve);
    sent.on('error', reject);
    sent.end();
  });
}

/** Whether an error says that nobody is there any more, in whatever way that showed. */
export function isLost(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && LOST.has(code);
}

const LOST: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ENOTSOCK',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'HPE_INVALID_CONSTANT'
]);
