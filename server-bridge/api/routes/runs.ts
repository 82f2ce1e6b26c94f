import { createReadStream } from 'node:fs';
import { type Condition, FINAL, parseCondition, parseOrder } from '@cellway/core/api/http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { paths, readRunFile } from '../../runs/folder';
import type { Bridge, Unmade } from '../../service/bridge';
import type { Owner, RunRow } from '../../store';
import { mustMatch, unchanged } from '../conditional';
import { readCursor, writeCursor } from '../cursor';
import { finder } from '../finding';
import { serve } from '../operation';
import { etagOf, runDetail, runSummaries } from '../present';
import { ApiProblem, refusal } from '../problem';
import { noPipeline } from './pipelines';

const CONFLICTS: ReadonlySet<string> = new Set(['upstream-missing', 'store-newer', 'store-damaged']);

function unmade(result: Unmade): ApiProblem {
  switch (result.kind) {
    case 'no-pipeline':
      return noPipeline(result.answer);
    case 'not-runnable': {
      const { diagnostics } = result;
      const [first] = diagnostics;
      const more = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : '';
      return new ApiProblem(422, 'pipeline-errors', `${first?.message ?? 'The pipeline has errors.'}${more}`, {
        diagnostics
      });
    }
    default:
      return refusal(CONFLICTS.has(result.reason.code) ? 409 : 422, result);
  }
}

/** Runs being made, by key: the same request meanwhile waits for the same run. */
type Pending = Map<string, Promise<RunRow | Unmade>>;

export function runRoutes(app: FastifyInstance, bridge: Bridge): void {
  const pending: Pending = new Map();

  const find = finder(bridge);
  const shown = (reply: FastifyReply, row: RunRow) => {
    reply.header('etag', etagOf(row));
    return runDetail(bridge, row);
  };

  /** Makes a run once for each `Idempotency-Key`. */
  const make = async (
    owner: Owner,
    request: FastifyRequest,
    reply: FastifyReply,
    how: (id: string) => Promise<RunRow | Unmade>
  ) => {
    const header = request.headers['idempotency-key'];
    const key = Array.isArray(header) ? header[0] : header;
    if (key !== undefined && (key.length < 1 || key.length > 200))
      throw new ApiProblem(400, 'idempotency-key', 'The Idempotency-Key has 1 to 200 characters.');
    const claimed = bridge.claim(
      owner,
      key,
      `${request.method} ${request.url} ${JSON.stringify(request.body ?? null)}`
    );
    if (claimed === 'mismatch')
      throw new ApiProblem(409, 'idempotency-key-reused', 'This Idempotency-Key came with another request before.', {
        fix: 'Take a fresh key for each new request.'
      });
    let result = claimed.known ? (bridge.row(owner, claimed.id) ?? pending.get(claimed.id)) : undefined;
    if (result === undefined) {
      const making = how(claimed.id);
      pending.set(claimed.id, making);
      void making.catch(() => undefined).then(() => pending.delete(claimed.id));
      result = making;
    }
    let row: RunRow | Unmade;
    try {
      row = await result;
    } catch (error) {
      if (key !== undefined) bridge.store.unclaim(owner, key);
      throw error;
    }
    if ('kind' in row) {
      if (key !== undefined) bridge.store.unclaim(owner, key);
      throw unmade(row);
    }
    reply.header('location', request.url.replace(/\/runs.*$/, `/runs/${row.id}`));
    return shown(reply, row);
  };

  serve(app, 'createRun', ({ owner, body, request, reply }) =>
    make(owner, request, reply, id => bridge.createRun(owner, body, id))
  );
  serve(app, 'planRun', async ({ owner, body }) => {
    const plan = await bridge.planRun(owner, body);
    if ('kind' in plan) throw unmade(plan);
    return plan;
  });
  serve(app, 'retryRun', ({ owner, params, request, reply }) => {
    const before = find(owner, params.run);
    return make(owner, request, reply, id => bridge.again(owner, before, 'retry', id));
  });
  serve(app, 'resumeRun', ({ owner, params, body, request, reply }) => {
    const before = find(owner, params.run);
    if (!FINAL.has(before.state)) throw new ApiProblem(409, 'run-open', `Run ${before.id} has not ended.`);
    return make(owner, request, reply, id => bridge.again(owner, before, 'resume', id, body));
  });
  serve(app, 'cloneRun', ({ owner, params, body, request, reply }) => {
    const before = find(owner, params.run);
    return make(owner, request, reply, id => bridge.again(owner, before, 'clone', id, body));
  });

  serve(app, 'listRuns', ({ owner, query, reply }) => {
    const { limit = 50, id, state, notebook, experiment, name, since, until, sort = '-created' } = query;
    const order = parseOrder(sort);
    if (order === null)
      throw new ApiProblem(400, 'sort', `'${sort.slice(0, 100)}' is no order.`, {
        fix: 'For example -created, name, -metric:auc.'
      });
    reply.header('cellway-position', bridge.feed.position());
    const found = bridge.store.runs({
      ...{ owner, limit, id, notebook, experiment, name, since, until, order },
      states: state,
      parameters: conditions(query.parameter),
      metrics: conditions(query.metric),
      ...(query.cursor === undefined ? {} : { after: readCursor(query.cursor, sort) })
    });
    return { items: runSummaries(bridge, found.rows), next: writeCursor(found.next, sort) };
  });
  serve(app, 'getRun', ({ owner, params, request, reply }) => {
    const row = find(owner, params.run);
    return unchanged(request, reply, etagOf(row)) ? reply : shown(reply, row);
  });
  serve(app, 'updateRun', ({ owner, params, body, request, reply }) => {
    const row = find(owner, params.run);
    mustMatch(request, etagOf(row), `Run ${row.id}`);
    return shown(reply, bridge.relabel(row, body));
  });
  serve(app, 'deleteRun', async ({ owner, params }) => {
    const row = find(owner, params.run);
    if (!FINAL.has(row.state))
      throw new ApiProblem(409, 'run-open', `Run ${row.id} has not ended.`, { fix: 'Cancel it first.' });
    await bridge.remove(row);
    return undefined;
  });
  serve(app, 'cancelRun', ({ owner, params, reply }) => {
    const row = find(owner, params.run);
    if (FINAL.has(row.state)) throw new ApiProblem(409, 'run-ended', `Run ${row.id} has ended.`);
    bridge.cancel(row);
    return shown(reply, row);
  });
  serve(app, 'runEvents', ({ owner, params, query }) => {
    const { id } = find(owner, params.run);
    return { items: bridge.store.events(id, query.after ?? 0, query.limit ?? 200) };
  });
  serve(app, 'pipelineOfRun', ({ owner, params }) => readRunFile(find(owner, params.run).folder).pipeline);
  serve(app, 'sourceOfRun', ({ owner, params, reply }) => {
    const { folder } = find(owner, params.run);
    return reply.type('application/x-ipynb+json').send(createReadStream(paths.original(folder)));
  });
}

function conditions(texts: readonly string[] | undefined): readonly Condition[] {
  return (texts ?? []).map(text => {
    const condition = parseCondition(text);
    if (condition === null)
      throw new ApiProblem(400, 'condition', `'${text.slice(0, 100)}' is no condition.`, {
        fix: 'NAME, one of = != > >= < <=, and a value; only numbers can be compared by size.'
      });
    return condition;
  });
}
