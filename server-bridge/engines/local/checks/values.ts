import type { Reason } from '../../../runs/refusal';
import { inOrder, type Seen } from './history';
import { RUN_AGAIN } from './run-again';

/** A later step that has not started takes `name` from the step that changed it. */
export interface Rebinding {
  readonly name: string;
  readonly to: string;
  readonly from: string;
}

/** A later node that has not started: whose value it would take of each input. */
export interface Pending {
  readonly name: string;
  readonly place: number;
  readonly sources: ReadonlyMap<string, string>;
  /** Names that it replays from source. */
  readonly replays: ReadonlySet<string>;
}

export interface ValueCheck {
  readonly reason: Reason | null;
  readonly rebindings: readonly Rebinding[];
}

/**
 * Judges inputs that `just` changed in place. A later step that takes such a name from an older source must take it from
 * `just`: rebound when it has not started, else the run has to stop.
 */
export function checkInputs(seen: ReadonlyMap<string, Seen>, pending: readonly Pending[], just: Seen): ValueCheck {
  const older = (source: string | undefined) =>
    source !== undefined && (seen.get(source)?.place ?? Number.POSITIVE_INFINITY) < just.place;
  const rebindings: Rebinding[] = [];
  for (const { name } of just.report?.inputs_changed ?? []) {
    for (const later of inOrder(seen.values())) {
      if (later.place <= just.place || !older(later.sources.get(name))) continue;
      const reason: Reason = {
        code: 'input-changed',
        message: `Step ${just.node.name} changed ${name} in place, and step ${later.node.name} had already started with the value before: the plan did not foresee the change.`,
        step: just.node.name,
        cell: just.node.cells[0]?.index,
        name,
        fix: RUN_AGAIN
      };
      return { reason, rebindings: [] };
    }
    for (const later of pending)
      if (later.place > just.place && older(later.sources.get(name)))
        rebindings.push({ name, to: later.name, from: just.node.name });
  }
  return { reason: null, rebindings };
}

/** A definition whose state a step changed, and that a later step makes anew from source, would lose the change. */
export function checkDefinitions(later: readonly Pending[], just: Seen): Reason | null {
  for (const name of just.report?.definitions_changed ?? []) {
    const loser = later.find(step => step.place > just.place && step.replays.has(name));
    if (!loser) continue;
    return {
      code: 'definition-changed',
      message: `Step ${just.node.name} changed the state of ${name} (an attribute, a default or a closure), and step ${loser.name} makes ${name} anew from its source: the change would be lost.`,
      step: just.node.name,
      cell: just.node.cells[0]?.index,
      name,
      fix: RUN_AGAIN
    };
  }
  return null;
}
