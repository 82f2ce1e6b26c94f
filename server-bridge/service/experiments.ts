import type { Owner } from '../store';
import type { Bridge } from './bridge';

/** How many runs are moved before others get a turn. */
const AT_ONCE = 200;

/** Moves all runs of an experiment to another name, or to none. One that dies half-way has moved some: it can go on. */
export async function moveExperiment(bridge: Bridge, owner: Owner, from: string, to: string | null): Promise<void> {
  for (;;) {
    const runs = bridge.store.lists.runsIn(owner, from, AT_ONCE);
    if (runs.length === 0) return;
    bridge.relabelAll(runs, to);
    await new Promise(resolve => setImmediate(resolve));
  }
}
