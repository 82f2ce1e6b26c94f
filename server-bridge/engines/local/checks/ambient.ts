import type { Reason } from '../../../runs/refusal';
import { changed, inOrder, onlyDrew, type Seen } from './history';
import { RUN_AGAIN } from './run-again';

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
    lost: change?.lost,
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

/**
 * Judges ambient state after `just` has finished. A generator: each step that drew must have started from what the
 * latest earlier step that drew left, unless it seeds first. Any other slot: no later step may have started before a
 * change that the plan did not foresee was known. Null when all is as the notebook has it.
 */
export function checkAmbient(seen: ReadonlyMap<string, Seen>, just: Seen): Reason | null {
  for (const { slot } of just.report?.ambient.changed ?? []) {
    for (const later of inOrder(seen.values())) {
      if (generators.has(slot)) {
        if (!changed(later, slot) || setsFirst(later, slot)) continue;
        const before = latestChange(seen, later.place, slot);
        const loaded = later.loads.get(slot);
        if (before && (loaded === undefined || origin(seen, loaded, slot) !== before.node.name))
          return unseen(slot, before, later);
      } else {
        if (just.node.ambient.changes.includes(slot) || later.place <= just.place || setsFirst(later, slot)) continue;
        const loaded = later.loads.get(slot);
        if (loaded === undefined || origin(seen, loaded, slot) !== just.node.name) return unseen(slot, just, later);
      }
    }
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
      for (const { slot } of step.report?.ambient.changed ?? [])
        if (generators.has(slot) || !step.node.ambient.changes.includes(slot)) slots.add(slot);
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
