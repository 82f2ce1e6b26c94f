import type { Diagnostic, StepSettings } from '../api';
import type { Block, Cell } from '../dataflow/types';
import { type CellTags, cellRange, type NotebookCell, readSettings } from '../notebook';

/** A code cell with all that is known of it before it meets the others. `cell` is null for skipped cells. */
export interface Entry {
  readonly source: NotebookCell;
  readonly tags: CellTags;
  readonly cell: Cell | null;
}

/** A block with what its tags and metadata say. */
export interface Piece extends Block {
  readonly metrics: readonly string[];
  readonly mayRaise: readonly string[];
  readonly settings: StepSettings;
  /** Steps named by Kale's `prev:`. */
  readonly after: readonly string[];
}

/** What a cell belongs to: a step by name, or setup. */
export type Place = { readonly kind: 'step'; readonly name: string } | { readonly kind: 'setup' };

/**
 * Gives each cell its place by position: a step goes on until the next one begins; setup and parameters cells stand
 * between without ending it; what comes before the first step is setup.
 */
export function placesByTags(entries: readonly Entry[]): { places: readonly Place[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  let current: Place = { kind: 'setup' };
  let told = false;
  const kale = entries.some(entry => entry.tags.kale);
  const places = entries.map(({ source, tags }): Place => {
    if (tags.role.kind === 'setup' || tags.role.kind === 'parameters') {
      return { kind: 'setup' };
    }
    if (tags.role.kind === 'step') {
      current = { kind: 'step', name: tags.role.name };
    } else if (tags.role.kind === 'none' && tags.metrics && current.kind === 'setup') {
      diagnostics.push({
        code: 'metrics-without-step',
        severity: 'warning',
        message: `Cell ${source.index} is tagged 'metrics', but no step comes before it: nothing becomes a metric.`,
        range: cellRange(source),
        fix: { title: 'Begin a step in this cell or above: step:<name>' }
      });
    } else if (kale && !told && current.kind === 'setup' && tags.role.kind === 'none' && source.source.trim() !== '') {
      told = true;
      diagnostics.push({
        code: 'kale-untagged-before-first-step',
        severity: 'info',
        message: `Cell ${source.index} has no tag and comes before the first step: it is setup (Kale drops such cells).`,
        range: cellRange(source),
        fix: {
          title: 'Tag it skip to leave it out',
          edit: { kind: 'set-tags', cell: source.id, tags: [...source.tags, 'skip'] }
        }
      });
    }
    return current;
  });
  return { places, diagnostics };
}

/** Cuts the cells into pieces: runs of neighbours of the same place. Setup pieces are named by their number. */
export function piecesOf(
  entries: readonly Entry[],
  places: readonly Place[]
): { pieces: readonly Piece[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const groups: { place: Place; entries: Entry[] }[] = [];
  for (const [at, entry] of entries.entries()) {
    const place = places[at]!;
    const last = groups.at(-1);
    const same = last !== undefined && nameOf(last.place) === nameOf(place);
    if (entry.cell === null) {
      continue;
    }
    if (same) {
      last.entries.push(entry);
    } else {
      groups.push({ place, entries: [entry] });
    }
  }
  let setups = 0;
  const begun = new Set<string>();
  const pieces = groups.map(({ place, entries: own }): Piece => {
    if (place.kind === 'setup') {
      setups += 1;
    }
    const name = place.kind === 'step' ? place.name : setups === 1 ? '(setup)' : `(setup ${setups})`;
    const settings = settingsOf(own, place, begun.has(name), diagnostics);
    begun.add(name);
    return {
      name,
      kind: place.kind,
      cells: own.map(entry => entry.cell!),
      metrics: place.kind === 'step' ? own.filter(({ tags }) => tags.metrics).map(({ source }) => source.id) : [],
      mayRaise: own.filter(({ tags }) => tags.mayRaise).map(({ source }) => source.id),
      settings,
      after: [...new Set(own.flatMap(({ tags }) => tags.after))]
    };
  });
  return { pieces, diagnostics };
}

function nameOf(place: Place): string | null {
  return place.kind === 'step' ? place.name : null;
}

/** `metadata.cellway` counts in a step's first cell; Kale's tags in any. */
function settingsOf(entries: readonly Entry[], place: Place, begun: boolean, diagnostics: Diagnostic[]): StepSettings {
  let settings: StepSettings = {};
  for (const [at, { source, tags }] of entries.entries()) {
    settings = { ...settings, ...tags.settings };
    if (source.settings === null) {
      continue;
    }
    if (place.kind === 'step' && at === 0 && !begun) {
      const read = readSettings(source.settings, cellRange(source));
      settings = { ...settings, ...read.settings };
      diagnostics.push(...read.diagnostics);
    } else {
      diagnostics.push({
        code: 'setting-place',
        severity: 'warning',
        message: `Cell ${source.index}: metadata.cellway has an effect only in the first cell of a step.`,
        range: cellRange(source),
        fix: { title: "Move it to the step's first cell" }
      });
    }
  }
  return settings;
}
