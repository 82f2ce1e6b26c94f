/** What an operation is, and the pieces that several share. */
import { type TObject, type TSchema, Type } from 'typebox';
import { RunId } from '../../resources';
import { closed } from '../../schema';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Answer {
  readonly description: string;
  /** Absent: no body. */
  readonly schema?: TSchema;
  /** Absent: `application/json`. Of several it is the one that the content has. */
  readonly type?: string | readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly tag:
    | 'bridge'
    | 'pipelines'
    | 'runs'
    | 'steps'
    | 'artifacts'
    | 'metrics'
    | 'experiments'
    | 'cache'
    | 'events';
  readonly params?: TObject;
  readonly query?: TObject;
  readonly headers?: TObject;
  readonly body?: TSchema;
  /** Its body has a notebook in it: it may be larger than others. */
  readonly notebook?: true;
  /** Makes something: `Idempotency-Key` is heeded. */
  readonly creates?: true;
  /** Goes on until its client leaves: it has no HEAD. */
  readonly endless?: true;
  /** `If-None-Match` is heeded: 304 for what the caller has. */
  readonly conditional?: true;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Codes of problems that it can answer with, besides those of all. */
  readonly problems?: readonly number[];
}

/** In whose namespace; one, `default`, on a bridge of one user. */
const profile = { profile: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })) };
export const query = <P extends Record<string, TSchema>>(fields: P) => Type.Object({ ...profile, ...fields }, closed);
export const run = { run: RunId };
export const params = <P extends Record<string, TSchema>>(fields: P) => Type.Object(fields, closed);
export const page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 2000, description: '`next` of the page before.' }))
};
export const several = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { description, maxItems: 20 }));

/** Of operations whose answer names its state by an ETag. */
export const unlessChanged = { conditional: true } as const;

/** Of operations that give bytes, or a part of them. */
export const ranged = {
  conditional: true,
  headers: Type.Object({
    range: Type.Optional(
      Type.String({ maxLength: 200, description: '`bytes=0-99`, `bytes=100-`, `bytes=-100`; one range.' })
    ),
    'if-range': Type.Optional(
      Type.String({ maxLength: 300, description: 'An ETag: the range only if it still holds.' })
    )
  })
} as const;
