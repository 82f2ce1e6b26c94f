/**
 * Where each name is loaded from. Names that share mutable parts must come from one block, the last that has them
 * all: loaded from two they would be two objects where the notebook has one.
 */
import type { Load } from './facts';
import type { Obj, Val } from './objects';

/** Changes `loads`, per block, to where each name comes from; `loaded` are the objects of names as they were loaded. */
export function shareSources(loads: readonly Map<string, Load>[], loaded: readonly ReadonlyMap<string, Val>[]): void {
  /** Objects of names that a block holds for others. */
  const passed: Map<string, Val>[] = loads.map(() => new Map());
  // From the last block to the first: what a block is made to hold is grouped with what it loads itself.
  for (let to = loads.length - 1; to >= 0; to--) {
    const holds = loads[to]!;
    if (holds.size < 2) continue;
    const valsOf = (name: string): Val => passed[to]!.get(name) ?? loaded[to]!.get(name) ?? [];
    const names = [...holds.keys()].filter(name => valsOf(name).some(o => !o.immutable));
    if (names.length < 2) continue;
    for (const group of groups(names.map(valsOf), names, to)) {
      const from = Math.max(...group.map(n => holds.get(n)!.from));
      for (const name of group) {
        const load = holds.get(name)!;
        if (load.from === from) continue;
        // The block there must hold it, whether or not its code mentions it, to hand it on with the others.
        if (!loads[from]!.has(name)) {
          loads[from]!.set(name, { from: load.from, possible: load.possible, passing: false });
          passed[from]!.set(name, valsOf(name));
        }
        load.from = from;
      }
    }
  }
}

function groups(values: readonly Val[], names: readonly string[], to: number): string[][] {
  const owner = new Map<Obj, number>();
  const parent = names.map((_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i]!;
    return i;
  };
  let joined = false;
  values.forEach((vals, i) => {
    for (const o of reachable(vals, to)) {
      const other = owner.get(o);
      if (other === undefined) owner.set(o, i);
      else {
        joined = true;
        parent[find(i)] = find(other);
      }
    }
  });
  if (!joined) return [];
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
