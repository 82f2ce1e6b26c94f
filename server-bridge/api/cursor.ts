import type { Cursor } from '../store';
import { ApiProblem } from './problem';

/** A page's end as clients see it: opaque, and of one list only. */
export function writeCursor(cursor: Cursor | null, list: string): string | null {
  return cursor === null ? null : Buffer.from(JSON.stringify([list, cursor.key, cursor.id])).toString('base64url');
}

function otherList(): ApiProblem {
  return new ApiProblem(400, 'cursor', 'The cursor is not one of this list, or the order changed.', {
    fix: 'Take `next` of the page before, with the same sort.'
  });
}

export function readCursor(text: string, list: string): Cursor {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const [of, key, id] = Array.isArray(value) ? (value as unknown[]) : [];
  const fits =
    of === list && typeof id === 'string' && (key === null || typeof key === 'string' || typeof key === 'number');
  if (!fits) throw otherList();
  return { key: key as Cursor['key'], id };
}

/** Pages of lists whose order is a number that grows. */
export function writePlace(place: number | null, list: string): string | null {
  return writeCursor(place === null ? null : { key: place, id: '' }, list);
}

/** 0: from the start. */
export function readPlace(cursor: string | undefined, list: string): number {
  const key = cursor === undefined ? 0 : readCursor(cursor, list).key;
  if (typeof key === 'number' && Number.isSafeInteger(key)) return key;
  throw otherList();
}

/** Pages of lists whose order is a name. */
export function writeName(name: string | null, list: string): string | null {
  return writeCursor(name === null ? null : { key: null, id: name }, list);
}

/** '': from the start; no name is empty. */
export function readName(cursor: string | undefined, list: string): string {
  return cursor === undefined ? '' : readCursor(cursor, list).id;
}
