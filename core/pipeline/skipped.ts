import { BOUND, scopes } from '../python';
import type { Analysis } from './analysis';
import type { Entry } from './pieces';

/**
 * Names that cells tagged `skip` bind, with the first such cell: a read of one that nothing else binds is told so. The
 * cells are parsed for that alone.
 */
export function skippedNames(
  entries: readonly Entry[],
  analysis: Analysis
): ReadonlyMap<string, { readonly cell: number }> {
  const names = new Map<string, { readonly cell: number }>();
  for (const { source, tags } of entries) {
    if (tags.role.kind !== 'skip') {
      continue;
    }
    const { root } = scopes(analysis.parse(source.source, new Set()));
    for (const { name, flags } of root.symbols.values()) {
      if ((flags & BOUND) !== 0 && !names.has(name)) {
        names.set(name, { cell: source.index });
      }
    }
  }
  return names;
}
