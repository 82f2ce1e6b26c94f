/**
 * From cells to what flows between their blocks. Reaching definitions over an abstract run of the notebook, top to
 * bottom (DESIGN: dataflow): a block takes a name from the nearest earlier block that bound it or changed its object.
 */
import type { Diagnostic, Edge, Flow } from '../api';
import { ambientFlows } from './ambient';
import { diagnose } from './diagnose';
import { recall } from './evidence';
import { evaluate } from './expressions';
import { fileFlows, importedFiles } from './files';
import { Machine, type Take } from './machine';
import { positions } from './places';
import { Replays } from './replay';
import { isModuleChange, isSetting } from './settings';
import { sources } from './sharing';
import { run } from './statements';
import type { Block, BlockFlow, Context, Dataflow } from './types';

export function dataflow(blocks: readonly Block[], context: Context): Dataflow {
  const m = new Machine(context);
  const recalled: { readonly source: string; readonly diagnostic: Diagnostic }[] = [];
  const settings: { cell: Block['cells'][number]; statement: number }[] = [];
  blocks.forEach((block, index) => {
    m.startBlock(index);
    for (const cell of block.cells) {
      m.startCell(cell);
      const begun = { ambient: m.ambient.length, files: m.files.length };
      cell.module.body.forEach((s, i) => {
        m.statement = i;
        m.here(s);
        const before = {
          ambient: m.ambient.length,
          modules: m.moduleChanges.length,
          binds: m.binds[index]!.size,
          files: m.files.length
        };
        run(m, null, s);
        if (m.binds[index]!.size > before.binds) return;
        if (block.kind === 'setup' ? isSetting(m, s, before) : isModuleChange(m, s, before))
          settings.push({ cell, statement: i });
      });
      m.statement = cell.module.body.length;
      for (const name of cell.module.salvaged) {
        const slot = m.globals.get(name.id);
        if (slot !== undefined) m.take(name.id, slot, m.here(name), true);
        else evaluate(m, null, { kind: 'Constant', start: name.start, end: name.end, value: { type: 'None' } });
      }
      const evidence = context.evidence?.(cell.source);
      const diagnostic = evidence === undefined ? null : recall(m, cell, evidence, begun);
      if (diagnostic !== null) recalled.push({ source: cell.source, diagnostic });
    }
    m.endBlock();
    lookAround(m, index);
  });
  resolveLate(m);

  const replays = new Replays(blocks, m, settings);
  const values = new Map<string, Take>();
  const parameters = blocks.map(() => new Set<string>());
  for (const take of m.takes.values()) {
    if (take.bindings.length === 1 && take.bindings[0]!.kind === 'parameter' && !take.changed) {
      parameters[take.to]!.add(take.name);
      m.loads[take.to]!.delete(take.name);
    } else if (replays.add(take, blocks[take.from]!.kind === 'setup')) m.loads[take.to]!.delete(take.name);
    else values.set(`${take.from} ${take.to} ${take.name}`, take);
  }
  const loads = sources(m);
  const ambient = ambientFlows(m, blocks.length);
  const files = fileFlows(m);
  const position = positions();

  const flows = new Map<string, Flow[]>();
  const add = (from: number, to: number, flow: Flow): void => {
    const key = `${from} ${to}`;
    const known = flows.get(key);
    if (known === undefined) flows.set(key, [flow]);
    else if (!known.some(f => f.name === flow.name && f.kind === flow.kind)) known.push(flow);
  };
  for (const t of values.values()) {
    add(t.from, t.to, {
      name: t.name,
      kind: 'value',
      ...(t.possible ? { possible: true as const } : {}),
      written: position(t.written),
      read: position(t.read)
    });
  }
  for (const f of ambient.flows)
    add(f.from, f.to, { name: f.slot, kind: 'ambient', written: position(f.written), read: position(f.read) });
  for (const f of [...files.flows, ...importedFiles(m, i => replays.imports(i), blocks.length)])
    add(f.from, f.to, {
      name: f.path,
      kind: 'file',
      ...(f.possible ? { possible: true as const } : {}),
      written: position(f.written),
      read: position(f.read)
    });
  const start = (i: number) => position({ cell: blocks[i]!.cells[0]!, offset: 0, end: 0 });
  loads.forEach((names, to) => {
    // A name that only comes along with another still orders the two.
    for (const [name, load] of names) {
      if (!flows.has(`${load.from} ${to}`) && blocks[load.from]!.cells.length > 0 && blocks[to]!.cells.length > 0) {
        add(load.from, to, {
          name,
          kind: 'order',
          ...(load.possible ? { possible: true as const } : {}),
          written: start(load.from),
          read: start(to)
        });
      }
    }
  });
  const byName = new Map(blocks.map((b, i) => [b.name, i]));
  for (const [name, before] of context.order ?? []) {
    const to = byName.get(name);
    for (const b of before) {
      const from = byName.get(b);
      if (from === undefined || to === undefined || from >= to) continue;
      if (!flows.has(`${from} ${to}`)) add(from, to, { name: b, kind: 'order', written: start(from), read: start(to) });
    }
  }

  const edges: Edge[] = [...flows]
    .map(([key, names]) => {
      const [from, to] = key.split(' ').map(Number) as [number, number];
      return { from, to, names };
    })
    .sort((a, b) => a.to - b.to || a.from - b.from)
    .map(e => ({ from: blocks[e.from]!.name, to: blocks[e.to]!.name, names: e.names }));

  const outputs = blocks.map(() => new Set<string>());
  loads.forEach(names => {
    for (const [name, load] of names) outputs[load.from]!.add(name);
  });
  const flowsOf: BlockFlow[] = blocks.map((block, i) => ({
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
    dynamic: m.dynamic.has(i),
    imports: [...new Set([...m.imports[i]!, ...replays.imports(i)])].sort(),
    uncacheable: [...m.uncacheable[i]!].sort(),
    binds: [...m.binds[i]!].sort()
  }));
  const diagnostics = diagnose(m, blocks, [...values.values()], position, replays);
  return {
    blocks: flowsOf,
    edges,
    diagnostics: [...diagnostics, ...recalled.map(one => one.diagnostic)],
    definitions: replays.definitions(),
    recalled: recalled.map(one => one.source)
  };
}

function byKey(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A block that looks into the namespace by other means than names may read all that is bound. */
function lookAround(m: Machine, index: number): void {
  const place = m.dynamic.get(index);
  if (place === undefined) return;
  for (const name of m.globals.names()) {
    const slot = m.globals.get(name)!;
    if (slot.block !== index && !slot.bindings.every(b => b.kind === 'import')) m.take(name, slot, place, true);
  }
}

/** A name that nobody binds may come from an earlier block whose code runs by other means. */
function resolveLate(m: Machine): void {
  for (const u of m.unresolved) {
    let from = -1;
    for (const b of m.dynamic.keys()) if (b < u.block && b > from) from = b;
    if (from < 0) continue;
    const key = `${from} ${u.block} ${u.name}`;
    if (m.takes.has(key)) continue;
    m.takes.set(key, {
      from,
      to: u.block,
      name: u.name,
      possible: true,
      written: m.dynamic.get(from)!,
      read: u.at,
      bindings: [],
      changed: false
    });
    m.loads[u.block]!.set(u.name, { from, possible: true });
  }
}
