import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { unchanged } from './conditional';
import { ApiProblem } from './problem';

/** Bytes to serve, whole or in part. */
export interface Bytes {
  readonly size: number;
  /** Names these bytes; absent: they may grow before the next request. */
  readonly etag: string;
  readonly type: string;
  readonly read: (skip: number, size: number) => AsyncIterable<Buffer> | Readable;
  /** Called once nothing more is read. */
  readonly close?: () => Promise<void>;
}

/** One range of `Range` (RFC 9110, 14.2); null: all of it, since there is none, several, or one that is none. */
export function rangeOf(
  header: string | undefined,
  size: number
): { readonly from: number; readonly to: number } | 'unsatisfiable' | null {
  const found = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i.exec(header ?? '');
  if (found === null) return null;
  const [first, last] = [found[1]!, found[2]!];
  if (first === '' && last === '') return null;
  if (first === '')
    return Number(last) === 0 || size === 0 ? 'unsatisfiable' : { from: Math.max(0, size - Number(last)), to: size };
  if (last !== '' && Number(last) < Number(first)) return null;
  if (Number(first) >= size) return 'unsatisfiable';
  return { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** Sends bytes or the range that was asked for, block by block as the client takes them. */
export async function sendBytes(request: FastifyRequest, reply: FastifyReply, bytes: Bytes): Promise<FastifyReply> {
  const { size, etag, type, read } = bytes;
  const close = bytes.close ?? (async () => undefined);
  if (unchanged(request, reply, etag)) {
    await close();
    return reply;
  }
  const holds = request.headers['if-range'];
  const range = holds === undefined || holds === etag ? rangeOf(request.headers.range, size) : null;
  if (range === 'unsatisfiable') {
    await close();
    throw new ApiProblem(416, 'range', `There are ${size} bytes.`, {}, { 'content-range': `bytes */${size}` });
  }
  const { from, to } = range ?? { from: 0, to: size };
  if (range !== null) reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${size}`);
  reply
    .header('accept-ranges', 'bytes')
    .header('content-length', to - from)
    .type(type);
  if (request.method === 'HEAD') {
    await close();
    return reply.send();
  }
  return sendStream(reply, read(from, to - from), close);
}

/** Sends a stream; `close` is called when it has ended, however that comes. */
export function sendStream(
  reply: FastifyReply,
  source: AsyncIterable<Buffer> | Readable,
  close: () => Promise<void> = async () => undefined
): FastifyReply {
  const stream =
    source instanceof Readable ? source : Readable.from(source, { objectMode: false, highWaterMark: 262_144 });
  stream.once(
    'close',
    () => void close().catch((error: unknown) => reply.log.warn({ err: error }, 'a file could not be closed'))
  );
  return reply.send(stream);
}
