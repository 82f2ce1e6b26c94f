/** Where nodes of a DAG stand, top to bottom. Pure. */

export interface Placed {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly nodes: readonly Placed[];
  /** Points that an edge passes between its ends, where it spans more than one layer; by `from` and `to` as JSON. */
  readonly bends: ReadonlyMap<string, readonly { readonly x: number; readonly y: number }[]>;
  readonly width: number;
  readonly height: number;
}

export interface Sizes {
  readonly width: number;
  readonly height: number;
  readonly gapX: number;
  readonly gapY: number;
}

export const SIZES: Sizes = { width: 144, height: 42, gapX: 20, gapY: 42 };

export const edgeKey = (from: string, to: string): string => JSON.stringify([from, to]);

/** A node, or a place that a long edge passes. */
interface Item {
  readonly name: string | null;
  readonly layer: number;
  x: number;
  readonly above: Item[];
  readonly below: Item[];
}

const SWEEPS = 8;

/**
 * Layered layout: a node stands one layer below the lowest of those that it needs; layers are ordered by the mean place of
 * their neighbours, and nodes are drawn towards it. Equal input gives an equal picture, and order in a layer begins as
 * the notebook's, so that an edit moves little. O(sweeps × (nodes + edge lengths)).
 * Source: Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures (1981).
 */
export function layout(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[],
  sizes: Sizes = SIZES
): Layout {
  const layerOf = layers(names, edges);
  const items = new Map<string, Item>();
  const rows: Item[][] = [];
  const put = (name: string | null, layer: number): Item => {
    const item: Item = { name, layer, x: 0, above: [], below: [] };
    (rows[layer] ??= []).push(item);
    return item;
  };
  for (const name of names) items.set(name, put(name, layerOf.get(name)!));
  const passing = new Map<string, Item[]>();
  for (const { from, to } of edges) {
    const [a, b] = [items.get(from), items.get(to)];
    if (a === undefined || b === undefined || a === b) continue;
    const between: Item[] = [];
    for (let layer = a.layer + 1; layer < b.layer; layer++) between.push(put(null, layer));
    const chain = [a, ...between, b];
    for (let at = 1; at < chain.length; at++) {
      chain[at - 1]!.below.push(chain[at]!);
      chain[at]!.above.push(chain[at - 1]!);
    }
    if (between.length > 0) passing.set(edgeKey(from, to), between);
  }
  order(rows);
  place(rows, sizes);
  const left = Math.min(0, ...[...rows.flat()].map(item => item.x - widthOf(item, sizes) / 2));
  const y = (layer: number) => layer * (sizes.height + sizes.gapY);
  return {
    nodes: names.map(name => {
      const item = items.get(name)!;
      return { name, x: item.x - left - sizes.width / 2, y: y(item.layer) };
    }),
    bends: new Map(
      [...passing].map(([key, between]) => [
        key,
        between.map(item => ({ x: item.x - left, y: y(item.layer) + sizes.height / 2 }))
      ])
    ),
    width: Math.max(0, ...rows.flat().map(item => item.x - left + widthOf(item, sizes) / 2)),
    height: Math.max(0, rows.length * (sizes.height + sizes.gapY) - sizes.gapY)
  };
}

function layers(
  names: readonly string[],
  edges: readonly { readonly from: string; readonly to: string }[]
): Map<string, number> {
  const needs = new Map<string, string[]>();
  for (const { from, to } of edges) needs.set(to, [...(needs.get(to) ?? []), from]);
  const layer = new Map<string, number>();
  // Steps come in notebook order, and an edge leads from an earlier one to a later one: one pass is enough. One that
  // leads back (a cycle, which is an error of its own) counts for nothing here.
  for (const name of names)
    layer.set(
      name,
      Math.max(0, ...(needs.get(name) ?? []).filter(one => one !== name).map(one => (layer.get(one) ?? -1) + 1))
    );
  return layer;
}

/** Fewer crossings: each layer by the mean place of its neighbours, down and up in turn. Ties keep their order. */
function order(rows: readonly Item[][]): void {
  number(rows);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const centre = new Map(row.map(item => [item, mean(down ? item.above : item.below) ?? item.x]));
      row.sort((a, b) => centre.get(a)! - centre.get(b)!);
      row.forEach((item, at) => {
        item.x = at;
      });
    }
  }
}

function number(rows: readonly Item[][]): void {
  for (const row of rows)
    row.forEach((item, at) => {
      item.x = at;
    });
}

const widthOf = (item: Item, { width, gapX }: Sizes): number => (item.name === null ? gapX : width);

function place(rows: readonly Item[][], sizes: Sizes): void {
  for (const row of rows) {
    let x = 0;
    for (const item of row) {
      item.x = x + widthOf(item, sizes) / 2;
      x += widthOf(item, sizes) + sizes.gapX;
    }
    const half = (x - sizes.gapX) / 2;
    for (const item of row) item.x -= half;
  }
  for (let sweep = 0; sweep < 2 * SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) settle(row, down, sizes);
  }
}

/** Each item as near to its neighbours' mean as those beside it allow; groups that meet share the distance. */
function settle(row: readonly Item[], down: boolean, sizes: Sizes): void {
  interface Group {
    readonly items: Item[];
    /** Where the first item would like to be, summed over the items. */
    sum: number;
    width: number;
  }
  const groups: Group[] = [];
  const start = (group: Group) => group.sum / group.items.length;
  for (const item of row) {
    const wish = mean(down ? item.above : item.below) ?? mean(down ? item.below : item.above) ?? item.x;
    const width = widthOf(item, sizes);
    let group: Group = { items: [item], sum: wish - width / 2, width: width + sizes.gapX };
    for (
      let last = groups.at(-1);
      last !== undefined && start(last) + last.width > start(group);
      last = groups.at(-1)
    ) {
      groups.pop();
      group = {
        items: [...last.items, ...group.items],
        sum: last.sum + group.sum - last.width * group.items.length,
        width: last.width + group.width
      };
    }
    groups.push(group);
  }
  for (const group of groups) {
    let x = start(group);
    for (const item of group.items) {
      item.x = x + widthOf(item, sizes) / 2;
      x += widthOf(item, sizes) + sizes.gapX;
    }
  }
}

function mean(items: readonly Item[]): number | null {
  return items.length === 0 ? null : items.reduce((sum, item) => sum + item.x, 0) / items.length;
}
