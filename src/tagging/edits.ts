/** What each tagging action does to the cells' tags. Pure: cells in, edits out. */

export interface TaggedCell {
  readonly kind: string;
  readonly tags: readonly string[];
}

/** New tags of the cell at a place (0-based, among all cells). */
export interface TagEdit {
  readonly at: number;
  readonly tags: readonly string[];
}

export type Role = 'setup' | 'parameters' | 'metrics' | 'skip';

const ROLES: ReadonlySet<string> = new Set(['setup', 'parameters', 'metrics', 'skip', 'imports', 'functions']);
const STEP = 'step:';

const isOurs = (tag: string): boolean => tag.startsWith(STEP) || ROLES.has(tag);
const others = (tags: readonly string[]): readonly string[] => tags.filter(tag => !isOurs(tag));

/** Name of the step that a cell starts or continues by a tag of its own; null when it has none. */
export function stepTag(tags: readonly string[]): string | null {
  const tag = tags.find(tag => tag.startsWith(STEP));
  return tag === undefined ? null : tag.slice(STEP.length).trim();
}

/** Names of all steps that tags make, in notebook order, each once. */
export function stepNames(cells: readonly TaggedCell[]): readonly string[] {
  return [...new Set(cells.map(cell => stepTag(cell.tags)).filter(name => name !== null))];
}

/** A name that no step has: `step-1`, `step-2`, … */
export function freshName(cells: readonly TaggedCell[]): string {
  const taken = new Set(stepNames(cells));
  let number = taken.size + 1;
  while (taken.has(`step-${number}`)) number++;
  return `step-${number}`;
}

/** The first of the chosen cells starts a step; the others belong to it. */
export function newStep(cells: readonly TaggedCell[], chosen: readonly number[], name: string): readonly TagEdit[] {
  const [first, ...rest] = codeOf(cells, chosen);
  if (first === undefined) return [];
  const start = { at: first, tags: [...others(cells[first]!.tags), STEP + name] };
  return changed(cells, [start, ...rest.map(at => ({ at, tags: others(cells[at]!.tags) }))]);
}

/** The chosen cells belong to whatever stands above them. */
export function addToAbove(cells: readonly TaggedCell[], chosen: readonly number[]): readonly TagEdit[] {
  return changed(
    cells,
    codeOf(cells, chosen).map(at => ({ at, tags: others(cells[at]!.tags) }))
  );
}

/** All chosen cells get the role; those that all have it lose it. */
export function setRole(cells: readonly TaggedCell[], chosen: readonly number[], role: Role): readonly TagEdit[] {
  const code = codeOf(cells, chosen);
  const off = code.length > 0 && code.every(at => cells[at]!.tags.includes(role));
  return changed(
    cells,
    code.map(at => ({ at, tags: off ? others(cells[at]!.tags) : [...others(cells[at]!.tags), role] }))
  );
}

/** The step of that name, by whatever cells start or continue it, is called otherwise. */
export function renameStep(cells: readonly TaggedCell[], from: string, to: string): readonly TagEdit[] {
  return changed(
    cells,
    cells.map((cell, at) => ({
      at,
      tags: cell.tags.map(tag => (tag.startsWith(STEP) && tag.slice(STEP.length).trim() === from ? STEP + to : tag))
    }))
  );
}

/** Cells that start a step (0-based, among all cells), with its name: what a proposed split says. */
export function acceptSplit(
  cells: readonly TaggedCell[],
  starts: readonly { readonly at: number; readonly name: string }[]
): readonly TagEdit[] {
  return changed(
    cells,
    starts.map(({ at, name }) => ({ at, tags: [...others(cells[at]!.tags), STEP + name] }))
  );
}

/** Why a text cannot be a step's name; null when it can. */
export function badName(name: string): 'empty' | 'long' | 'control' | null {
  if (name.trim() === '') return 'empty';
  if (name.length > 100) return 'long';
  return /[\u0000-\u001f\u007f]/.test(name) ? 'control' : null;
}

function codeOf(cells: readonly TaggedCell[], chosen: readonly number[]): readonly number[] {
  return [...chosen].sort((a, b) => a - b).filter(at => cells[at]?.kind === 'code');
}

function changed(cells: readonly TaggedCell[], edits: readonly TagEdit[]): readonly TagEdit[] {
  return edits.filter(({ at, tags }) => JSON.stringify(tags) !== JSON.stringify(cells[at]!.tags));
}
