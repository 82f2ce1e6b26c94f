import { chmodSync, existsSync, lstatSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { errno } from '../runs/errno';
import { type Refusal, refused } from '../runs/refusal';
import type { Place } from './place';

/** Where a bridge is to listen. */
export type Wish =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Longest path of a unix socket, in bytes (sun_path, without its final zero). Longer ones would be cut in silence. */
const LONGEST = process.platform === 'darwin' ? 103 : 107;

/** Begins to listen; the address by which clients find it, or why it cannot be. */
export async function listen(app: FastifyInstance, wish: Wish): Promise<Place['address'] | Refusal> {
  try {
    if (wish.kind === 'unix') return await listenOnSocket(app, wish.path);
    await app.listen(wish);
    const bound = app.server.address();
    return { ...wish, port: typeof bound === 'object' && bound !== null ? bound.port : wish.port };
  } catch (error) {
    const why = WHY[errno(error) ?? ''];
    if (why === undefined) throw error;
    const where = wish.kind === 'unix' ? wish.path : `${wish.host}, port ${wish.port}`;
    return notThere(where, why, wish);
  }
}

async function listenOnSocket(app: FastifyInstance, path: string): Promise<Place['address'] | Refusal> {
  const wish = { kind: 'unix', path } as const;
  if (Buffer.byteLength(path) > LONGEST)
    return notThere(
      path,
      `the path of a socket has at most ${LONGEST} bytes, and this one ${Buffer.byteLength(path)}`,
      wish
    );
  // The system itself would say that it is not allowed.
  if (!existsSync(dirname(path))) return notThere(path, WHY.ENOENT!, wish);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSocket()) return notThere(path, 'something else is there, and is let be', wish);
  // One that a bridge left when it died: nobody listens. Ours is a stranger's where somebody does.
  if (there !== undefined && (await answers(path))) return notThere(path, 'another process listens there', wish);
  rmSync(path, { force: true });
  await app.listen({ path });
  chmodSync(path, 0o600);
  return wish;
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const tried = connect(path);
    tried.once('connect', () => {
      tried.destroy();
      resolve(true);
    });
    tried.once('error', () => resolve(false));
  });
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such address',
  EAI_AGAIN: 'the name of the address cannot be looked up',
  EACCES: 'that is not allowed',
  EPERM: 'that is not allowed',
  EROFS: 'its file system is read-only',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of its path is no folder'
};

function notThere(where: string, why: string, { kind }: Wish): Refusal {
  const other = kind === 'unix' ? '--socket (bridge.socket)' : '--port (bridge.port) or --host (bridge.host)';
  return refused({
    code: 'bridge-address',
    message: `The bridge cannot listen on ${where}: ${why}.`,
    fix: `Name another one with ${other}${kind === 'tcp' ? '; port 0 is any free one' : ''}.`
  });
}
