import type { Cursor } from '../store';
import { ApiProblem } from './problem';

/** A page's end as clients see it: opaque, and of one list only. */
export function writeCursor(cursor: Cursor | null, list: string): string | null {
  return cursor === null ? null : Buffer.from(JSON.stringify([list, cursor.key, cursor.id])).toString('base64url');
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
  if (!fits)
    throw new ApiProblem(400, 'cursor', 'The cursor is not one of this list, or the order changed.', {
      fix: 'Take `next` of the page before, with the same sort.'
    });
  return { key: key as Cursor['key'], id };
}
