/** Cached results: what there is, how large, what stays. */
import { Type } from 'typebox';
import { CacheEntry, CacheEntryId, CachePage, CacheSize, Collect, Collected, Forget, Forgotten } from '../../cache';
import { closed } from '../../schema';
import { type Operation, page, params, query } from './shape';

const entry = { entry: CacheEntryId };

export const cache = {
  listCache: {
    method: 'GET',
    path: '/cache/entries',
    summary: 'Cached results, newest first',
    tag: 'cache',
    query: query({
      ...page,
      notebook: Type.Optional(Type.String({ maxLength: 4096, description: 'Path of the notebook that made it.' })),
      step: Type.Optional(Type.String({ maxLength: 500, description: 'Name of the step.' })),
      pinned: Type.Optional(Type.Boolean()),
      shown: Type.Optional(Type.Boolean({ description: 'Whether a run shows it.' }))
    }),
    answers: { 200: { description: 'A page of results.', schema: CachePage } }
  },
  cacheSize: {
    method: 'GET',
    path: '/cache',
    summary: 'How many cached results there are, how large they are, and what they may take',
    tag: 'cache',
    query: query({}),
    answers: { 200: { description: 'Counts and bytes.', schema: CacheSize } }
  },
  forgetCache: {
    method: 'POST',
    path: '/cache/forget',
    summary: 'Forgets the results of a notebook, of a step, or all, but for pinned ones',
    tag: 'cache',
    query: query({}),
    body: Forget,
    answers: { 200: { description: 'What was forgotten.', schema: Forgotten } }
  },
  collectCache: {
    method: 'POST',
    path: '/cache/collect',
    summary: 'Removes results that no run shows, by size and age, as the bridge does now and then by itself',
    tag: 'cache',
    query: query({}),
    body: Collect,
    answers: { 200: { description: 'What was removed.', schema: Collected } }
  },
  getCacheEntry: {
    method: 'GET',
    path: '/cache/entries/{entry}',
    summary: 'A cached result',
    tag: 'cache',
    params: params(entry),
    query: query({}),
    answers: { 200: { description: 'The result.', schema: CacheEntry } },
    problems: [404]
  },
  updateCacheEntry: {
    method: 'PATCH',
    path: '/cache/entries/{entry}',
    summary: 'Pins a cached result, so that it is never collected, or takes the pin out',
    tag: 'cache',
    params: params(entry),
    query: query({}),
    body: Type.Object({ pinned: Type.Boolean() }, closed),
    answers: { 200: { description: 'The result as it is now.', schema: CacheEntry } },
    problems: [404]
  },
  deleteCacheEntry: {
    method: 'DELETE',
    path: '/cache/entries/{entry}',
    summary: 'Forgets a cached result, pinned or not: no step takes it any more; runs that show it go on to',
    tag: 'cache',
    params: params(entry),
    query: query({}),
    answers: { 204: { description: 'It is forgotten.' } },
    problems: [404]
  }
} as const satisfies Readonly<Record<string, Operation>>;
