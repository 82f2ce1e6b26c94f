import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblem } from './problem';

const listed = (header: string): readonly string[] => header.split(',').map(tag => tag.trim().replace(/^W\//, ''));

/** Sets the ETag; where the caller has this state already, answers 304 and gives true. */
export function unchanged(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header('etag', etag);
  const known = request.headers['if-none-match'];
  if (known === undefined || (known.trim() !== '*' && !listed(known).includes(etag))) return false;
  void reply.code(304).send();
  return true;
}

/** Refuses with 412 what was decided on another state than this one (`If-Match`). */
export function mustMatch(request: FastifyRequest, etag: string, what: string): void {
  const wanted = request.headers['if-match'];
  if (wanted === undefined || wanted.trim() === '*' || listed(wanted).includes(etag)) return;
  throw new ApiProblem(412, 'changed', `${what} has changed since.`, { fix: 'Get it again, then decide.' });
}
