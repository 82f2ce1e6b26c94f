/** Cached results, as the API shows them. */
import { Type } from 'typebox';
import { RunId } from './resources';
import { closed, orNull, Time, type ValueOf } from './schema';

/** `run.step.attempt`, the step by its id: the attempt that made the result. */
export const CacheEntryId = Type.String({
  pattern: '^r-[0-9a-z-]{1,40}\\.[0-9a-z-]{1,80}\\.[0-9]{1,6}$',
  description: 'Id of a cached result.'
});

/** A result that stands for a step whose cells and all that they depend on are what they were. */
export const CacheEntry = Type.Object({
  id: CacheEntryId,
  /** The attempt that made it; its run may have been removed since. */
  made: Type.Object({ run: RunId, step: Type.String(), attempt: Type.Integer() }),
  /** Path of the notebook that made it; others take it too. */
  notebook: Type.String(),
  step: Type.String(),
  created: Time,
  /** When it last stood for a step; null: never yet. */
  used: orNull(Time),
  bytes: Type.Integer(),
  /** Whether it may stand for running the step; one that may not is still what `only` and `from` start from. */
  reusable: Type.Boolean(),
  /** Why not. */
  why: Type.Array(Type.String()),
  /** Never collected. */
  pinned: Type.Boolean(),
  /** Whether a run shows it, its own or one that took it: not collected as long as one does. */
  shown: Type.Boolean()
});
export type CacheEntry = ValueOf<typeof CacheEntry>;

export const CachePage = Type.Object({ items: Type.Array(CacheEntry), next: orNull(Type.String()) });
export type CachePage = ValueOf<typeof CachePage>;

const Amount = Type.Object({ entries: Type.Integer(), bytes: Type.Integer() });

export const CacheSize = Type.Object({
  all: Amount,
  shown: Amount,
  pinned: Amount,
  /** Neither shown nor pinned: what budget and age are for. */
  collectable: Amount,
  /** Bytes that `collectable` may have; null: no bound. */
  budget: orNull(Type.Integer()),
  /** Days that they may stay unused; null: no bound. */
  age: orNull(Type.Number())
});
export type CacheSize = ValueOf<typeof CacheSize>;

/** What is to be forgotten: all that fits; `all` where nothing else is said. Pinned results stay. */
export const Forget = Type.Object(
  {
    notebook: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    step: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    all: Type.Optional(Type.Literal(true))
  },
  { ...closed, minProperties: 1 }
);
export type Forget = ValueOf<typeof Forget>;

export const Forgotten = Type.Object({
  ...Amount.properties,
  /** Bytes of them that are off the disk; the rest is what runs show. */
  freed: Type.Integer()
});
export type Forgotten = ValueOf<typeof Forgotten>;

/** What differs from the settings, this time. */
export const Collect = Type.Object(
  {
    budget: Type.Optional(orNull(Type.Integer({ minimum: 0, description: 'Bytes; null: no bound.' }))),
    age: Type.Optional(orNull(Type.Number({ minimum: 0, description: 'Days; null: no bound.' }))),
    /** Seconds for which what was just made or used stays. */
    grace: Type.Optional(Type.Number({ minimum: 0 }))
  },
  closed
);
export type Collect = ValueOf<typeof Collect>;

export const Collected = Type.Object({
  removed: Amount,
  /** What stays of what no run shows. */
  kept: Amount,
  /** Folders that lost and removed runs had left behind. */
  leftovers: Type.Integer()
});
export type Collected = ValueOf<typeof Collected>;
