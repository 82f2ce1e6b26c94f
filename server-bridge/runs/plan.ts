import type { Pipeline, Step } from '@cellway/core/api';

/** Setup pieces and steps in notebook order, which is the order that decides whose value a step should see. */
export interface Plan {
  readonly nodes: readonly Step[];
  readonly byName: ReadonlyMap<string, Step>;
  /** Place in notebook order. */
  readonly order: ReadonlyMap<string, number>;
  /** What must have finished before a node starts. */
  readonly after: ReadonlyMap<string, readonly string[]>;
}

function firstCell(step: Step): number {
  return step.cells.reduce((least, cell) => Math.min(least, cell.index), Number.POSITIVE_INFINITY);
}

/**
 * A node waits for the steps it `needs`, for the pieces of setup that it takes values or ambient state from, and for
 * those before it that write files (setup pieces are not among `needs`). `memory`: bytes for those whose own settings do
 * not say.
 */
export function planOf(pipeline: Pipeline, memory?: number): Plan {
  const nodes = [...pipeline.setup, ...pipeline.steps]
    .map(node => (memory === undefined ? node : { ...node, settings: { memory, ...node.settings } }))
    .sort((a, b) => firstCell(a) - firstCell(b));
  const byName = new Map(nodes.map(node => [node.name, node]));
  const order = new Map(nodes.map((node, at) => [node.name, at]));
  const writers = pipeline.setup.filter(piece => piece.files.writes.length > 0 || piece.uncacheable.includes('shell'));
  const after = new Map(
    nodes.map(node => {
      const names = new Set([
        ...node.needs,
        ...node.inputs.map(input => input.from),
        ...node.ambient.loads.map(load => load.from)
      ]);
      for (const piece of writers) if (order.get(piece.name)! < order.get(node.name)!) names.add(piece.name);
      names.delete(node.name);
      return [node.name, [...names].filter(name => byName.has(name)).sort((a, b) => order.get(a)! - order.get(b)!)];
    })
  );
  return { nodes, byName, order, after };
}

/**
 * What `chosen` cannot start without: what they wait for; for pieces of setup, which run again, what those wait for; and
 * where the ambient state of what is taken comes from, since a step may only have passed it on.
 */
function needed(plan: Plan, chosen: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = chosen.flatMap(name => plan.after.get(name) ?? []);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const node = plan.byName.get(name)!;
    open.push(...(node.kind === 'setup' ? (plan.after.get(name) ?? []) : node.ambient.loads.map(load => load.from)));
  }
  for (const name of chosen) found.delete(name);
  return found;
}

/**
 * What runs under `--only` and `--from` (that step and all later ones), and what must be taken from earlier. Pieces of
 * setup run again where they are needed: they are cheap, and settings cannot be taken from a run.
 */
export function select(
  plan: Plan,
  options: { readonly only?: string; readonly from?: string }
): { readonly selected: readonly string[]; readonly taken: readonly string[] } {
  const { only, from } = options;
  if (only === undefined && from === undefined) return { selected: plan.nodes.map(node => node.name), taken: [] };
  const start = from === undefined ? undefined : plan.order.get(from)!;
  const chosen = plan.nodes
    .filter(node => (only !== undefined ? node.name === only : plan.order.get(node.name)! >= start!))
    .map(node => node.name);
  const before = needed(plan, chosen);
  const setup = plan.nodes.filter(node => node.kind === 'setup' && before.has(node.name)).map(node => node.name);
  const selected = plan.nodes.map(node => node.name).filter(name => chosen.includes(name) || setup.includes(name));
  return {
    selected,
    taken: plan.nodes.map(node => node.name).filter(name => before.has(name) && !selected.includes(name))
  };
}
