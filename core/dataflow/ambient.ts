/** The order in which blocks share the process's state: RNGs are a chain, settings hold for all that follows. */
import type { Facts, Place } from './facts';

export interface AmbientFlow {
  readonly from: number;
  readonly to: number;
  readonly slot: string;
  readonly written: Place;
  readonly read: Place;
}

export interface Ambient {
  readonly flows: readonly AmbientFlow[];
  readonly loads: readonly { readonly slot: string; readonly from: number }[][];
  readonly changes: readonly Set<string>[];
  readonly sets: readonly Set<string>[];
  /** Id of the cell that sets a slot first, by block. */
  readonly setIn: readonly Readonly<Record<string, string>>[];
  /** Blocks that draw from a generator which nothing before has seeded. */
  readonly unseeded: ReadonlySet<number>;
}

/** Slots of what the notebook's own modules hold. */
const MODULE = 'module:';

const RNGS = new Set(['random', 'numpy.random', 'torch.random']);

/**
 * `mayUse`: whether a block can meet what a module of the notebook's folder holds: it imports it, or takes a value that may
 * be of its making.
 */
export function ambientFlows(facts: readonly Facts[], mayUse: (block: number, module: string) => boolean): Ambient {
  const count = facts.length;
  const flows: AmbientFlow[] = [];
  const loads: { slot: string; from: number }[][] = Array.from({ length: count }, () => []);
  const changes = Array.from({ length: count }, () => new Set<string>());
  const sets = Array.from({ length: count }, () => new Set<string>());
  const setIn = Array.from({ length: count }, (): Record<string, string> => ({}));
  const unseeded = new Set<number>();
  const all = facts.flatMap(f => f.ambient);
  const take = (slot: string, from: number, to: number, written: Place, read: Place): void => {
    if (from === to || loads[to]!.some(l => l.slot === slot)) return;
    loads[to]!.push({ slot, from });
    flows.push({ from, to, slot, written, read });
  };

  const last = new Map<string, { block: number; at: Place }>();
  for (const u of all) {
    if (!RNGS.has(u.slot)) continue;
    const before = last.get(u.slot);
    if (u.use === 'set') {
      if (before?.block !== u.block) {
        sets[u.block]!.add(u.slot);
        setIn[u.block]![u.slot] = u.at.cell.ref.id;
      }
    } else if (before !== undefined && !sets[u.block]!.has(u.slot))
      take(u.slot, before.block, u.block, before.at, u.at);
    changes[u.block]!.add(u.slot);
    last.set(u.slot, { block: u.block, at: u.at });
    if (u.use === 'draw' && before === undefined) unseeded.add(u.block);
  }

  const settings = new Map<string, { block: number; at: Place }>();
  let next = 0;
  const uses = all.filter(u => !RNGS.has(u.slot));
  for (let block = 0; block < count; block++) {
    const { start } = facts[block]!;
    if (start !== null) {
      for (const [slot, by] of settings) {
        const module = slot.startsWith(MODULE) ? slot.slice(MODULE.length).split('.', 1)[0]! : null;
        if (module === null || mayUse(block, module)) take(slot, by.block, block, by.at, start);
      }
    }
    for (; next < uses.length && uses[next]!.block === block; next++) {
      const u = uses[next]!;
      changes[block]!.add(u.slot);
      settings.set(u.slot, { block, at: u.at });
    }
  }
  return { flows, loads, changes, sets, setIn, unseeded };
}
