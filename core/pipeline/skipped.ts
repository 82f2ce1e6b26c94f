import { BOUND, parseCell, scopes } from '../python';
import type { Entry } from './pieces';

/**
 * Names that cells tagged `skip` bind, with the first such cell: a read of one that nothing else binds is told so. The
 * cells are parsed for that alone.
 */
export function skippedNames(entries: readonly Entry[]): ReadonlyMap<string, { readonly cell: number }> {
  const names = new Map<string, { readonly cell: number }>();
  for (const entry of entries) {
    if (entry.tags.role.kind !== 'skip') {
      continue;
    }
    for (const name of boundBy(entry)) {
      if (!names.has(name)) {
        names.set(name, { cell: entry.source.index });
      }
    }
  }
  return names;
}

/** An entry stays the same from one derivation to the next while its cell does. */
const known = new WeakMap<Entry, readonly string[]>();

function boundBy(entry: Entry): readonly string[] {
  let names = known.get(entry);
  if (names === undefined) {
    const { root } = scopes(parseCell(entry.source.source));
    names = [...root.symbols.values()].filter(symbol => (symbol.flags & BOUND) !== 0).map(symbol => symbol.name);
    known.set(entry, names);
  }
  return names;
}
