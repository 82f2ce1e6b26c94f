/**
 * JSON with the keys of every object in code unit order and no space: equal values give equal text. Members that are
 * undefined are left out.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** The same order of keys, laid out for people. */
export function pretty(value: unknown): string {
  return JSON.stringify(sorted(value), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const object = value as Readonly<Record<string, unknown>>;
  // fromEntries defines, never assigns: a key `__proto__` stays a key. Keys like '1' come first in any object.
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map(key => [key, sorted(object[key])])
  );
}
