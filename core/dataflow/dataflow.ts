/**
 * From cells to what flows between their blocks. Reaching definitions over an abstract run of the notebook, top to
 * bottom (DESIGN: dataflow): a block takes a name from the nearest earlier block that bound it or changed its object.
 */
import type { Edge, Flow } from '../api';
import { ambientFlows } from './ambient';
import { diagnose } from './diagnose';
import type { Facts, Take } from './facts';
import { fileFlows, importedFiles } from './files';
import { needed } from './passing';
import { position } from './places';
import { Replays } from './replay';
import { Rerun } from './rerun';
import { shareSources } from './sharing';
import type { Block, BlockFlow, Context, Dataflow } from './types';

/** `kept`: what the last run of these blocks has left, to run no more than what an edit concerns. */
export function dataflow(blocks: readonly Block[], context: Context, kept = new Rerun()): Dataflow {
  const flow = kept.run(blocks, context);
  const { facts } = flow;
  const late = lateTakes(facts);
  const { takes, loads } = needed(facts, late);
  for (const t of late) loads[t.to]!.set(t.name, { from: t.from, possible: true, passing: false });

  const replays = new Replays(blocks, flow);
  const values: Take[] = [];
  const parameters = blocks.map(() => new Set<string>());
  const sort = (take: Take): void => {
    if (take.bindings.length === 1 && take.bindings[0]!.kind === 'parameter' && !take.changed) {
      parameters[take.to]!.add(take.name);
      loads[take.to]!.delete(take.name);
    } else if (replays.add(take, blocks[take.from]!.kind === 'setup')) loads[take.to]!.delete(take.name);
    else values.push(take);
  };
  takes.forEach(sort);
  late.forEach(sort);
  shareSources(
    loads,
    facts.map(f => f.loaded)
  );
  const files = fileFlows(facts);
  const replayed = blocks.map((_, i) => replays.imports(i));
  const ambient = ambientFlows(
    facts,
    (i, module) => loads[i]!.size > 0 || facts[i]!.imports.has(module) || [...replayed[i]!].includes(module)
  );

  const flows = new Flows(blocks);
  for (const t of values) {
    flows.add(t.from, t.to, {
      name: t.name,
      kind: 'value',
      ...(t.possible ? { possible: true as const } : {}),
      written: position(t.written),
      read: position(t.read)
    });
  }
  for (const f of ambient.flows)
    flows.add(f.from, f.to, { name: f.slot, kind: 'ambient', written: position(f.written), read: position(f.read) });
  for (const f of [...files.flows, ...importedFiles(facts, i => replayed[i]!)])
    flows.add(f.from, f.to, {
      name: f.path,
      kind: 'file',
      ...(f.possible ? { possible: true as const } : {}),
      written: position(f.written),
      read: position(f.read)
    });
  loads.forEach((names, to) => {
    // A name that only comes along with another still orders the two.
    for (const [name, load] of names) flows.order(load.from, to, name, load.possible);
  });
  if (context.order !== undefined) {
    const byName = new Map(blocks.map((b, i) => [b.name, i]));
    for (const [name, before] of context.order) {
      for (const b of before) {
        const [from, to] = [byName.get(b), byName.get(name)];
        if (from !== undefined && to !== undefined && from < to) flows.order(from, to, b, false);
      }
    }
  }

  const outputs = blocks.map(() => new Set<string>());
  for (const names of loads) for (const [name, load] of names) outputs[load.from]!.add(name);
  const flowsOf = blocks.map((block, i): BlockFlow => {
    const own = facts[i]!;
    return {
      name: block.name,
      replay: replays.of(i),
      inputs: [...loads[i]!]
        .map(([name, l]) => ({ name, from: blocks[l.from]!.name, ...(l.possible ? { possible: true as const } : {}) }))
        .sort(byKey),
      parameters: [...parameters[i]!].sort(),
      outputs: [...outputs[i]!].sort(),
      ambient: {
        loads: ambient.loads[i]!.map(l => ({ slot: l.slot, from: blocks[l.from]!.name })),
        changes: [...ambient.changes[i]!].sort(),
        sets: [...ambient.sets[i]!].sort(),
        ...(ambient.sets[i]!.size === 0 ? {} : { setIn: ambient.setIn[i]! })
      },
      files: files.of(i),
      dynamic: own.dynamic !== null,
      imports: [...new Set([...own.imports, ...replayed[i]!])].sort(),
      uncacheable: [...new Set([...own.uncacheable, ...(ambient.unseeded.has(i) ? ['unseeded'] : [])])].sort(),
      binds: [...own.binds].sort()
    };
  });
  const recalled = facts.flatMap(f => f.recalled);
  const diagnostics = diagnose(flow, blocks, values, replays, context);
  return {
    blocks: flowsOf,
    edges: flows.edges(),
    diagnostics: [...diagnostics, ...recalled.map(one => one.diagnostic)],
    definitions: replays.definitions(),
    recalled: recalled.map(one => one.source)
  };
}

/** What flows between each two blocks. */
class Flows {
  /** By the later block, then by the earlier one. */
  private readonly into: Map<number, Flow[]>[];

  constructor(private readonly blocks: readonly Block[]) {
    this.into = blocks.map(() => new Map());
  }

  add(from: number, to: number, flow: Flow): void {
    const known = this.into[to]!.get(from);
    if (known === undefined) this.into[to]!.set(from, [flow]);
    else if (!known.some(f => f.name === flow.name && f.kind === flow.kind)) known.push(flow);
  }

  /** One block after another, where nothing else says so. */
  order(from: number, to: number, name: string, possible: boolean): void {
    if (this.into[to]!.has(from)) return;
    const [first, second] = [this.blocks[from]!.cells[0], this.blocks[to]!.cells[0]];
    if (first === undefined || second === undefined) return;
    this.add(from, to, {
      name,
      kind: 'order',
      ...(possible ? { possible: true as const } : {}),
      written: position({ cell: first, offset: 0, end: 0 }),
      read: position({ cell: second, offset: 0, end: 0 })
    });
  }

  edges(): Edge[] {
    return this.into.flatMap((from, to) =>
      [...from]
        .sort((a, b) => a[0] - b[0])
        .map(([at, names]) => ({ from: this.blocks[at]!.name, to: this.blocks[to]!.name, names }))
    );
  }
}

function byKey(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A name that nobody binds may come from an earlier block whose code runs by other means. */
function lateTakes(facts: readonly Facts[]): Take[] {
  const out: Take[] = [];
  const seen = new Set<string>();
  let from = -1;
  facts.forEach((own, to) => {
    if (from >= 0) {
      const written = facts[from]!.dynamic!;
      for (const { name, at } of own.unresolved) {
        if (own.takes.has(`${from} ${name}`) || seen.has(`${to} ${name}`)) continue;
        seen.add(`${to} ${name}`);
        out.push({ from, to, name, possible: true, written, read: at, bindings: [], changed: false, passing: false });
      }
    }
    if (own.dynamic !== null) from = to;
  });
  return out;
}
