/**
 * Where each name is loaded from. Names that share mutable parts must come from one block, the last that has them
 * all: loaded from two they would be two objects where the notebook has one.
 */
import type { Machine } from './machine';
import type { Obj } from './objects';

export interface Load {
  from: number;
  possible: boolean;
}

export function sources(m: Machine): readonly Map<string, Load>[] {
  const loads: Map<string, Load>[] = m.loads.map(
    l => new Map<string, Load>([...l].map(([name, load]) => [name, { from: load.from, possible: load.possible }]))
  );
  const reach = new Map<string, ReadonlySet<Obj>>();
  for (let to = 0; to < loads.length; to++) {
    const names = [...loads[to]!.keys()];
    if (names.length < 2) continue;
    for (const group of groups(m, to, names, reach)) {
      const from = Math.max(...group.map(n => loads[to]!.get(n)!.from));
      for (const name of group) {
        const load = loads[to]!.get(name)!;
        if (load.from === from) continue;
        hold(loads, from, name, load);
        load.from = from;
      }
    }
  }
  return loads;
}

/** Makes a block hold a name that it does not mention, so that it can hand it on. */
function hold(loads: readonly Map<string, Load>[], block: number, name: string, as: Load): void {
  if (loads[block]!.has(name) || as.from >= block) return;
  loads[block]!.set(name, { from: as.from, possible: as.possible });
}

function groups(m: Machine, to: number, names: readonly string[], cache: Map<string, ReadonlySet<Obj>>): string[][] {
  const owner = new Map<Obj, number>();
  const parent = names.map((_, i) => i);
  const find = (i: number): number => {
    while (parent[i] !== i) i = parent[i]!;
    return i;
  };
  names.forEach((name, i) => {
    const vals = m.loaded[to]!.get(name) ?? [];
    const key = `${name} ${vals.map(v => id(v)).join(' ')}`;
    let below = cache.get(key);
    if (below === undefined) cache.set(key, (below = reachable(vals)));
    for (const o of below) {
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

const ids = new WeakMap<Obj, number>();
let next = 0;

function id(o: Obj): number {
  let n = ids.get(o);
  if (n === undefined) ids.set(o, (n = ++next));
  return n;
}

const ENOUGH = 500;

function reachable(vals: readonly Obj[]): Set<Obj> {
  const out = new Set<Obj>();
  const todo = vals.filter(o => !o.immutable);
  while (todo.length > 0 && out.size < ENOUGH) {
    const o = todo.pop()!;
    if (out.has(o) || o.kind === 'class' || o.kind === 'function') continue;
    out.add(o);
    for (const p of o.parts?.keys() ?? []) todo.push(p);
  }
  return out;
}
