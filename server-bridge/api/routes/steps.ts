import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { FINAL } from '@cellway/core/api/http';
import type { FastifyInstance } from 'fastify';
import { paths } from '../../runs/folder';
import { nodeOf, shownAttempt, type Tried, triedSteps } from '../../service/attempts';
import type { Bridge } from '../../service/bridge';
import { composedNotebook, viewCells } from '../../service/cells';
import { followLog, StepLog } from '../../service/step-log';
import type { RunRow } from '../../store';
import { sendBytes, sendStream } from '../bytes';
import { unchanged } from '../conditional';
import { readPlace, writePlace } from '../cursor';
import { finder } from '../finding';
import { type Call, serve } from '../operation';
import { etagOf } from '../present';
import { ApiProblem, notFound } from '../problem';

const NOTEBOOK_TYPE = 'application/x-ipynb+json';

export function stepRoutes(app: FastifyInstance, bridge: Bridge): void {
  const find = finder(bridge);

  const attemptsOf = (row: RunRow, step: string): readonly Tried[] => {
    const node = nodeOf(bridge, row, step);
    if (node === null) throw notFound('step', step);
    return triedSteps(bridge, row)(node);
  };

  serve(app, 'listAttempts', ({ owner, params }) => ({
    items: attemptsOf(find(owner, params.run), params.step).map(shownAttempt)
  }));

  serve(app, 'stepLog', async call => {
    const { owner, params, query, request, reply } = call;
    const row = find(owner, params.run);
    const attempts = attemptsOf(row, params.step);
    const { attempt: wanted, cell, follow } = query;
    const tried = wanted === undefined ? attempts.at(-1) : attempts.findLast(one => one.attempt.attempt === wanted);
    if (tried === undefined) throw notFound('attempt', `${params.step} ${wanted ?? '1'}`);
    if (follow && cell !== undefined)
      throw new ApiProblem(400, 'follow-cell', 'The log of one cell cannot be followed.', {
        fix: "Follow the step's log, or the run's `output` events of the cell."
      });
    const log = await StepLog.open(tried, query);
    reply.header('cellway-from', log.begin).header('cellway-attempt', tried.attempt.attempt);
    if (follow) return followed(call, row, tried, log);
    const { run, attempt } = tried.attempt;
    return sendBytes(request, reply, {
      size: log.size,
      etag: `"${run}.${attempt}.${log.begin}.${log.size}"`,
      type: 'text/plain; charset=utf-8',
      read: (skip, size) => log.read(skip, size),
      close: () => log.close()
    });
  });

  const followed = async ({ request, reply, query }: Call<'stepLog'>, row: RunRow, tried: Tried, log: StepLog) => {
    await log.close();
    reply.type('text/plain; charset=utf-8').header('x-accel-buffering', 'no');
    if (request.method === 'HEAD') return reply.send();
    const end = new AbortController();
    reply.raw.once('close', () => end.abort());
    // Where nothing is there yet it begins with what comes.
    const begin =
      log.spans.length > 0 ? log.spans : [{ from: query.tail === undefined ? (query.from ?? 0) : log.end, to: 0 }];
    return sendStream(reply, followLog(bridge, row, tried, begin, end.signal));
  };

  serve(app, 'notebookOfRun', async ({ owner, params, request, reply }) => {
    const row = find(owner, params.run);
    if (unchanged(request, reply, etagOf(row))) return reply;
    reply.type(NOTEBOOK_TYPE);
    const path = paths.notebook(row.folder);
    if (!FINAL.has(row.state) || !existsSync(path)) return reply.send(await composedNotebook(bridge, row));
    reply.header('content-length', (await stat(path)).size);
    return request.method === 'HEAD' ? reply.send() : sendStream(reply, createReadStream(path));
  });

  serve(app, 'listCells', async ({ owner, params, query, request, reply }) => {
    const row = find(owner, params.run);
    const after = readPlace(query.cursor, 'cells');
    if (unchanged(request, reply, etagOf(row))) return reply;
    const { limit = 50 } = query;
    const rest = bridge.outlines.of(row).cells.filter(cell => cell.index > after);
    const items = await viewCells(bridge, row, rest.slice(0, limit));
    return { items, next: writePlace(rest.length > limit ? rest[limit - 1]!.index : null, 'cells') };
  });

  serve(app, 'getCell', async ({ owner, params, request, reply }) => {
    const row = find(owner, params.run);
    const cell = bridge.outlines.of(row).cells.find(one => one.id === params.cell);
    if (cell === undefined) throw notFound('cell', params.cell);
    if (unchanged(request, reply, etagOf(row))) return reply;
    return (await viewCells(bridge, row, [cell]))[0]!;
  });
}
