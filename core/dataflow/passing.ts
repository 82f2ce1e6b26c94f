/**
 * A block that binds a name on some ways only hands the old value on where it did not: `for i in rows` with no rows leaves
 * `i` as it was. It has to take that value only if a later block takes the name from it; else two steps that both use `i`
 * in a loop would wait for each other for nothing.
 */
import type { Facts, Load, Take } from './facts';

export interface Needed {
  readonly takes: readonly Take[];
  /** By block: of each name, where it is from. */
  readonly loads: readonly Map<string, Load>[];
}

/** What the blocks take, without what nobody asks them to hand on. `late`: takes that were found after the run. */
export function needed(facts: readonly Facts[], late: readonly Take[]): Needed {
  const wanted = facts.map(() => new Set<string>());
  for (const { from, name } of late) wanted[from]!.add(name);
  const takes: Take[] = [];
  const loads: Map<string, Load>[] = [];
  // A taker comes after those that it takes from: when a block's turn comes, all that is wanted of it is known.
  for (let block = facts.length - 1; block >= 0; block--) {
    const own = facts[block]!;
    const asked = wanted[block]!;
    const kept = [...own.takes.values()].filter(take => !take.passing || asked.has(take.name));
    const held = new Map([...own.loads].filter(([name, load]) => !load.passing || asked.has(name)));
    for (const { from, name } of kept) wanted[from]!.add(name);
    for (const [name, { from }] of held) wanted[from]!.add(name);
    takes.push(...kept.reverse());
    loads.push(new Map([...held].map(([name, load]) => [name, { ...load }])));
  }
  return { takes: takes.reverse(), loads: loads.reverse() };
}
