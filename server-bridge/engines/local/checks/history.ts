import type { Step } from '@cellway/core/api';
import type { Report } from '../report';

/**
 * What is known of a node that has started: the facts that the checks judge. Instants are a counter that grows with
 * every start and finish in the run, so `a.finished < b.started` says that b saw all that a did.
 */
export interface Seen {
  readonly node: Step;
  /** Place in notebook order. */
  readonly place: number;
  readonly started: number;
  /** Null while it runs. */
  readonly finished: number | null;
  /** Null while it runs, and for one that failed. */
  readonly report: Report | null;
  /** Whose state of each ambient slot it started from. */
  readonly loads: ReadonlyMap<string, string>;
  /** Whose value it took for each input. */
  readonly sources: ReadonlyMap<string, string>;
}

export function inOrder(seen: Iterable<Seen>): readonly Seen[] {
  return [...seen].sort((a, b) => a.place - b.place);
}

export function changed(seen: Seen, slot: string): boolean {
  return seen.report?.ambient.changed.some(change => change.slot === slot) ?? false;
}

/** It changed a generator only by drawing from a seed of the process's own: another state at every run. */
export function onlyDrew(seen: Seen, slot: string): boolean {
  return seen.report?.ambient.changed.some(change => change.slot === slot && change.drawn === true) ?? false;
}
