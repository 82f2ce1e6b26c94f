import type { FastifyInstance } from 'fastify';
import type { Bridge } from '../../service/bridge';
import { entryShown, executionWith, forget, sizeOf } from '../../service/cache';
import type { CacheRow, Owner } from '../../store';
import { readCursor, writeCursor } from '../cursor';
import { serve } from '../operation';
import { notFound } from '../problem';

export function cacheRoutes(app: FastifyInstance, bridge: Bridge): void {
  const { store, data, collector } = bridge;
  const find = (owner: Owner, id: string): CacheRow => {
    const row = store.cache.row(owner, executionWith(id));
    if (row === null) throw notFound('cached result', id);
    return row;
  };

  serve(app, 'listCache', ({ owner, query }) => {
    const { limit = 50, cursor, notebook, step, pinned, shown } = query;
    const after = cursor === undefined ? undefined : readCursor(cursor, 'cache');
    const { rows, next } = store.cache.page({ owner, notebook, step, pinned, shown }, limit, after);
    return { items: rows.map(entryShown), next: writeCursor(next, 'cache') };
  });
  serve(app, 'cacheSize', ({ owner }) => sizeOf(store, owner, collector.policy));
  serve(app, 'forgetCache', ({ owner, body: { notebook, step } }) =>
    forget(data, store, { owner, notebook, step, pinned: false })
  );
  serve(app, 'collectCache', ({ body }) => collector.collect(body));
  serve(app, 'getCacheEntry', ({ owner, params }) => entryShown(find(owner, params.entry)));
  serve(app, 'updateCacheEntry', ({ owner, params, body }) => {
    const { execution } = find(owner, params.entry);
    store.cache.pin(owner, execution, body.pinned, Date.now() / 1000);
    return entryShown(find(owner, params.entry));
  });
  serve(app, 'deleteCacheEntry', async ({ owner, params }) => {
    const { execution } = find(owner, params.entry);
    await forget(data, store, { owner, execution });
    return undefined;
  });
}
