/** What the schemas of this folder share: read-only types of them, and the words that several use. */
import { type Static, type TSchema, Type } from 'typebox';

/** Any JSON stays as it is: it has no end. */
export type DeepReadonly<T> = Json extends T
  ? T
  : T extends (infer E)[]
    ? readonly DeepReadonly<E>[]
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** The value that a schema describes; nobody changes one. */
export type ValueOf<S extends TSchema> = DeepReadonly<Static<S>>;

/**
 * JSON, with the floats that JSON lacks written as `{"$float": "nan" | "inf" | "-inf"}`, and whole ones, which a reader
 * would take for integers, as `{"$float": "2.0"}`.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const Json = Type.Unsafe<Json>({
  description: 'Any JSON; floats that JSON lacks are `{"$float": "nan" | "inf" | "-inf"}`.'
});

/** One of some words; as an `enum`, which readers of the OpenAPI page know. */
export function words<const W extends readonly string[]>(...choices: W) {
  return Type.Unsafe<W[number]>({ type: 'string', enum: [...choices] });
}

export function orNull<S extends TSchema>(schema: S) {
  return Type.Union([schema, Type.Null()]);
}

/** A closed object: an unknown field is a mistake of whoever sent it. */
export const closed = { additionalProperties: false } as const;

export const Seconds = Type.Number({ description: 'Seconds.' });
export const Time = Type.Number({ description: 'Seconds since the epoch.' });
