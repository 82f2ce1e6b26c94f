import { createReadStream } from 'node:fs';
import { TAR } from '@cellway/core/api/http';
import type { FastifyInstance } from 'fastify';
import {
  artifactsOfRun,
  contentOf,
  describeArtifact,
  type FoundArtifact,
  findArtifact,
  lineageOf
} from '../../service/artifacts';
import type { Bridge } from '../../service/bridge';
import type { Owner } from '../../store';
import { sendBytes, sendStream } from '../bytes';
import { unchanged } from '../conditional';
import { readName, readPlace, writeName, writePlace } from '../cursor';
import { finder } from '../finding';
import { serve } from '../operation';
import { ApiProblem, notFound } from '../problem';
import { tarOf } from '../tar';

export function artifactRoutes(app: FastifyInstance, bridge: Bridge): void {
  const findRun = finder(bridge);
  const find = async (owner: Owner, id: string): Promise<FoundArtifact> => {
    const found = await findArtifact(bridge, owner, id);
    if (found === null) throw notFound('artifact', id);
    return found;
  };

  serve(app, 'listArtifacts', ({ owner, params, query }) => {
    const row = findRun(owner, params.run);
    const { step, kind, limit = 50 } = query;
    const { items, next } = artifactsOfRun(bridge, row, {
      step,
      kind,
      limit,
      after: readPlace(query.cursor, 'artifacts')
    });
    return { items, next: writePlace(next, 'artifacts') };
  });

  serve(app, 'getArtifact', async ({ owner, params, request, reply }) => {
    const found = await find(owner, params.artifact);
    const described = await describeArtifact(found);
    // What was made stays as it is; only its bytes can go.
    return unchanged(request, reply, `"${found.id}.${described.bytes}.${described.members.length}"`)
      ? reply
      : described;
  });

  serve(app, 'artifactContent', async ({ owner, params, query, request, reply }) => {
    const found = await find(owner, params.artifact);
    const content = await contentOf(found, query.member);
    if (content === null)
      throw query.member === undefined
        ? new ApiProblem(404, 'artifact-gone', `The content of ${found.id} is not there any more.`, {
            fix: 'Run the step again.'
          })
        : notFound('member', query.member);
    reply.header('content-disposition', attachment(content.name));
    if (content.kind === 'folder') {
      if (unchanged(request, reply, `"${found.id}.${content.members.length}.tar"`)) return reply;
      reply.type(TAR);
      return request.method === 'HEAD' ? reply.send() : sendStream(reply, tarOf(content));
    }
    const { path, stat, type } = content;
    return sendBytes(request, reply, {
      size: stat.size,
      etag: `"${found.id}.${query.member ?? ''}.${stat.size}.${Math.round(stat.mtimeMs)}"`,
      type,
      read: (skip, size) => createReadStream(path, { start: skip, end: skip + size - 1 })
    });
  });

  serve(app, 'artifactLineage', async ({ owner, params, query }) => {
    const found = await find(owner, params.artifact);
    const before = readName(query.cursor, 'lineage') || null;
    const lineage = await lineageOf(bridge, owner, found, { before, limit: query.limit ?? 50 });
    return { ...lineage, next: writeName(lineage.next, 'lineage') };
  });
}

/** RFC 6266: a plain name for old readers, the whole one encoded. */
function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_').slice(0, 100);
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
