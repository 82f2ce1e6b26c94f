/**
 * Where each name is loaded from. Names that share mutable parts must come from one block, the last that has them
 * all: loaded from two they would be two objects where the notebook has one.
 */
import type { Machine } from './machine';
import type { Obj, Val } from './objects';

export interface Load {
  from: number;
  possible: boolean;
}

export function sources(m: Machine): readonly Map<string, Load>[] {
  const loads: Map<string, Load>[] = m.loads.map(
    l => new Map<string, Load>([...l].map(([name, load]) => [name, { from: load.from, possible: load.possible }]))
  );
  const values: Map<string, Val>[] = m.loaded.map(l => new Map(l));
  // From the last block to the first: what a block is made to hold is grouped with what it loads itself.
  for (let to = loads.length - 1; to >= 0; to--) {
    const names = [...loads[to]!.keys()];
    if (names.length < 2) continue;
    for (const group of groups(values[to]!, names, to)) {
      const from = Math.max(...group.map(n => loads[to]!.get(n)!.from));
      for (const name of group) {
        const load = loads[to]!.get(name)!;
        if (load.from === from) continue;
        // The block there must hold it, whether or not its code mentions it, to hand it on with the others.
        if (!loads[from]!.has(name)) {
          loads[from]!.set(name, { from: load.from, possible: load.possible });
          values[from]!.set(name, values[to]!.get(name) ?? []);
        }
        load.from = from;
      }
    }
  }
  return loads;
}

function groups(values: ReadonlyMap<string, Val>, names: readonly string[], to: number): string[][] {
  const owner = new Map<Obj, number>();
  const parent = names.map((_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i]!;
    return i;
  };
  names.forEach((name, i) => {
    for (const o of reachable(values.get(name) ?? [], to)) {
      const other = owner.get(o);
      if (other === undefined) owner.set(o, i);
      else parent[find(i)] = find(other);
    }
  });
  const byRoot = new Map<number, string[]>();
  names.forEach((name, i) => {
    const r = find(i);
    const g = byRoot.get(r);
    if (g === undefined) byRoot.set(r, [name]);
    else g.push(name);
  });
  return [...byRoot.values()].filter(g => g.length > 1);
}

const ENOUGH = 500;

/** What the objects held before the block began: what it makes of them itself joins nothing that it loads. */
function reachable(vals: readonly Obj[], block: number): Set<Obj> {
  const out = new Set<Obj>();
  const todo = vals.filter(o => !o.immutable);
  while (todo.length > 0 && out.size < ENOUGH) {
    const o = todo.pop()!;
    if (out.has(o) || o.kind === 'class' || o.kind === 'function') continue;
    out.add(o);
    o.heldBefore(block, todo);
  }
  return out;
}
