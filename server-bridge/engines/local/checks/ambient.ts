import type { Reason } from '../../../runs/refusal';
import { changed, inOrder, onlyDrew, type Seen } from './history';
import { RUN_AGAIN } from './run-again';
import { mayUse } from './use';

/** Slots whose every use changes them: who did not change one did not care what it was. */
export const generators: ReadonlySet<string> = new Set(['random', 'numpy.random', 'torch.random']);

/** The step whose doing the state of `slot` is that `name` leaves: itself, or where it got it from, back to the first. */
export function origin(seen: ReadonlyMap<string, Seen>, name: string, slot: string): string | null {
  let at: string | undefined = name;
  while (at !== undefined) {
    const step = seen.get(at);
    if (!step) return at;
    if (changed(step, slot)) return at;
    at = step.loads.get(slot);
  }
  return null;
}

/**
 * The latest step before `place` that is known to have changed `slot`. Draws that start from no known state leave none
 * that matters to anybody, unless an earlier step had given the generator one after all.
 */
export function latestChange(seen: ReadonlyMap<string, Seen>, place: number, slot: string): Seen | null {
  const changes = inOrder(seen.values()).filter(step => step.place < place && changed(step, slot));
  return changes.some(step => !onlyDrew(step, slot)) ? changes.at(-1)! : null;
}

/** It sets the slot before it uses it: as planned, unless a cell before the one that sets it was seen to change it. */
function setsFirst(step: Seen, slot: string): boolean {
  const { sets, setIn } = step.node.ambient;
  if (!sets.includes(slot)) return false;
  const place = (id: string | undefined) => step.node.cells.findIndex(cell => cell.id === id);
  const change = place(step.report?.ambient.changed.find(one => one.slot === slot)?.cell);
  return change < 0 || change >= place(setIn?.[slot]);
}

function where(
  step: Seen,
  slot: string
): { readonly cell?: number; readonly line?: number; readonly lost?: string; readonly text: string } {
  const change = step.report?.ambient.changed.find(one => one.slot === slot);
  const cell = change?.index;
  const line = change?.line ?? undefined;
  return {
    cell,
    line,
    text: `step ${step.node.name}${cell === undefined ? '' : ` (cell ${cell}${line === undefined ? '' : `, line ${line}`})`}`
  };
}

function unseen(slot: string, writer: Seen, reader: Seen): Reason {
  const change = where(writer, slot);
  const use = where(reader, slot);
  return {
    code: 'ambient-unseen',
    message: `${change.text} changed ${slot}, which ${generators.has(slot) ? `${use.text} drew from` : `step ${reader.node.name} should have seen`}; the two ran without knowing of each other, so the result could differ from the notebook's.`,
    step: writer.node.name,
    ...(change.cell === undefined ? {} : { cell: change.cell }),
    ...(change.line === undefined ? {} : { line: change.line }),
    name: slot,
    fix:
      change.lost === undefined ? RUN_AGAIN : `Move the change into a cell tagged 'setup', or put both into one step.`
  };
}

/** What a step left in a slot cannot be handed on, and a later step uses it. */
function lost(slot: string, writer: Seen, reader: Seen, why: string): Reason {
  const change = where(writer, slot);
  return {
    code: 'ambient-lost',
    message: `${capital(change.text)} changed ${slot}, which step ${reader.node.name} uses, and that cannot be handed from one process to another: ${why}.`,
    step: writer.node.name,
    ...(change.cell === undefined ? {} : { cell: change.cell }),
    ...(change.line === undefined ? {} : { line: change.line }),
    name: slot,
    fix:
      slot === 'matplotlib.figures'
        ? 'Close the figures at the end of the step (`plt.close("all")`), or put both into one step.'
        : 'Put both into one step.'
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A generator: each step that drew must have started from what the latest earlier step that drew left. */
function judgeDraws(seen: ReadonlyMap<string, Seen>, slot: string): Reason | null {
  for (const later of inOrder(seen.values())) {
    if (!changed(later, slot) || setsFirst(later, slot)) continue;
    const before = latestChange(seen, later.place, slot);
    const loaded = later.loads.get(slot);
    if (before && (loaded === undefined || origin(seen, loaded, slot) !== before.node.name))
      return unseen(slot, before, later);
  }
  return null;
}

/** The step repeats statements of the writer that only set something. */
function repeats(step: Seen, writer: Seen): boolean {
  return step.node.replay.some(
    piece => piece.names.length === 0 && writer.node.cells.some(cell => cell.id === piece.cell.id)
  );
}

/** Any other slot: a later step that uses it must have started from what the writer left. */
function judgeSetting(seen: ReadonlyMap<string, Seen>, slot: string, writer: Seen, later: Seen): Reason | null {
  if (later.place <= writer.place || setsFirst(later, slot) || !mayUse(later, slot)) return null;
  const why = writer.report?.ambient.changed.find(change => change.slot === slot)?.lost;
  if (why !== undefined) return repeats(later, writer) ? null : lost(slot, writer, later, why);
  if (writer.node.ambient.changes.includes(slot)) return null;
  const loaded = later.loads.get(slot);
  return loaded === undefined || origin(seen, loaded, slot) !== writer.node.name ? unseen(slot, writer, later) : null;
}

/**
 * Judges ambient state after `just` has finished: what it changed against all that started before that was known, and
 * what it used against what the latest step before it had left. Null when all is as the notebook has it.
 */
export function checkAmbient(seen: ReadonlyMap<string, Seen>, just: Seen): Reason | null {
  for (const { slot } of just.report?.ambient.changed ?? []) {
    const found = generators.has(slot)
      ? judgeDraws(seen, slot)
      : inOrder(seen.values())
          .map(later => judgeSetting(seen, slot, just, later))
          .find(reason => reason !== null);
    if (found) return found;
  }
  const earlier = inOrder(seen.values()).filter(step => step.place < just.place);
  const slots = new Set(earlier.flatMap(step => step.report?.ambient.changed.map(change => change.slot) ?? []));
  for (const slot of slots) {
    if (generators.has(slot)) continue;
    const latest = earlier.findLast(step => changed(step, slot))!;
    const reason = judgeSetting(seen, slot, latest, just);
    if (reason !== null) return reason;
  }
  return null;
}

/**
 * Whose state of each slot a node that starts now has to load: the plan's, or that of a later known change. Generators
 * are always handed on, which costs next to nothing: a draw inside a library needs no foreseeing then.
 */
export function loadsFor(
  seen: ReadonlyMap<string, Seen>,
  place: number,
  planned: ReadonlyMap<string, string>
): ReadonlyMap<string, string> {
  const slots = new Set(planned.keys());
  for (const step of seen.values())
    if (step.place < place)
      for (const { slot, lost } of step.report?.ambient.changed ?? [])
        if (lost === undefined && (generators.has(slot) || !step.node.ambient.changes.includes(slot))) slots.add(slot);
  const loads = new Map<string, string>();
  for (const slot of slots) {
    const latest = latestChange(seen, place, slot);
    const foreseen = planned.get(slot);
    const writer = foreseen === undefined ? undefined : seen.get(foreseen);
    const plan = latest === null && writer && onlyDrew(writer, slot) ? undefined : foreseen;
    const planPlace = plan === undefined ? -1 : (seen.get(plan)?.place ?? -1);
    const from = latest && latest.place > planPlace ? latest.node.name : plan;
    if (from !== undefined) loads.set(slot, from);
  }
  return loads;
}
