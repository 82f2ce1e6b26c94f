import { digest } from './digest';

interface Identified {
  readonly id: string | null;
  readonly source: string;
}

/**
 * One id a cell, all different. The first cell with an id keeps it; a cell without one, or with one that is taken, gets
 * `cw-` and a digest of its text and of how many equal cells came before. So an edit elsewhere leaves it alone.
 */
export function distinctIds(cells: readonly Identified[]): readonly string[] {
  const taken = new Set<string>();
  const own = cells.map(({ id }) => {
    if (id === null || taken.has(id)) {
      return null;
    }
    taken.add(id);
    return id;
  });
  const seen = new Map<string, number>();
  return cells.map(({ source }, at) => {
    if (own[at] !== null) {
      return own[at]!;
    }
    for (;;) {
      const nth = seen.get(source) ?? 0;
      seen.set(source, nth + 1);
      const id = `cw-${digest(`${nth}\n${source}`).slice(0, 12)}`;
      if (!taken.has(id)) {
        taken.add(id);
        return id;
      }
    }
  });
}

const LABEL = /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/;
const DERIVED = /-[0-9a-f]{10}$/;

/**
 * A DNS label for a step's name: the name itself where it is a short label already, else a readable part of it and a
 * digest of the whole. Depends on the name alone, and no two names share one: what looks derived is always derived.
 */
export function labelOf(name: string): string {
  if (LABEL.test(name) && !DERIVED.test(name)) {
    return name;
  }
  const slug = slugOf(name).slice(0, 40).replace(/-+$/, '');
  const start = /^[a-z]/.test(slug) ? slug : slug === '' ? 'step' : `s-${slug}`;
  return `${start}-${digest(name).slice(0, 10)}`;
}

/** What of a text can stand in a label: lower case, accents dropped, words joined by `-`; empty when nothing can. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
