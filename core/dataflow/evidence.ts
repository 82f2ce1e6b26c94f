/**
 * What an earlier run saw a cell do beyond what its text says: draws inside a library, a file behind a computed path, a
 * name looked up by other means. It counts as done at the cell's end.
 */
import type { Diagnostic } from '../api';
import { normal } from './files';
import { ambientChange, isDrawn } from './library';
import type { Machine, Place } from './machine';
import { range } from './places';
import type { Cell } from './types';

export interface Evidence {
  /** Generators that it drew from. */
  readonly draws?: readonly string[];
  /** Other ambient slots that it changed. */
  readonly changes?: readonly string[];
  /** Relative to the notebook's folder; a folder whose list of names was read ends in a slash. */
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Names that it read. */
  readonly names?: readonly string[];
  /** Names whose objects it changed in place. */
  readonly alters?: readonly string[];
}

/** How far the machine's notes had come when the cell began. */
export interface Before {
  readonly ambient: number;
  readonly files: number;
}

/** Adds what the analysis did not find by itself; null where it found all. */
export function recall(m: Machine, cell: Cell, evidence: Evidence, before: Before): Diagnostic | null {
  const place: Place = { cell, offset: 0, end: 0 };
  const said: string[] = [];
  const known = new Set(m.ambient.slice(before.ambient).map(use => use.slot));
  const missing = (slots: readonly string[] = []): string[] => slots.filter(slot => !known.has(slot));
  for (const slot of missing(evidence.draws)) {
    isDrawn(m, slot, place);
    said.push(`draw from ${slot}`);
  }
  for (const slot of missing(evidence.changes)) {
    ambientChange(m, slot, place);
    said.push(`change ${slot}`);
  }
  const files = m.files.slice(before.files);
  for (const write of [false, true]) {
    for (const path of (write ? evidence.writes : evidence.reads) ?? []) {
      if (files.some(use => normal(use.path) === path && use.write === write)) continue;
      m.files.push({ path, write, block: m.block, at: place });
      said.push(`${write ? 'write' : path.endsWith('/') ? 'list' : 'read'} ${path}`);
    }
  }
  for (const name of evidence.names ?? []) {
    const slot = m.globals.get(name);
    if (slot === undefined || slot.block === m.block || m.facts.loads.has(name)) continue;
    m.read(name, place);
    said.push(`read ${name}`);
  }
  for (const name of evidence.alters ?? []) {
    const slot = m.globals.get(name);
    if (slot === undefined || slot.block === m.block) continue;
    m.read(name, place);
    m.change(slot.vals, place);
    said.push(`change ${name} in place`);
  }
  if (said.length === 0) return null;
  const shown = said.length > 4 ? [...said.slice(0, 3), `${said.length - 3} more things`] : said;
  return {
    code: 'seen-before',
    severity: 'info',
    message: `An earlier run saw this cell ${shown.join(', ')}, which its text does not show; the steps are ordered by that.`,
    range: range(place)
  };
}
