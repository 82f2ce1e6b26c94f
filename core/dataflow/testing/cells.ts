/** Blocks out of short texts, for tables of cases. */
import { parseCell } from '../../python';
import { dataflow } from '../dataflow';
import type { Block, Context, Dataflow } from '../types';

/** `[name, ...cells]`; a name `setup` makes a piece of setup. */
export type Written = readonly [name: string, ...cells: string[]];

const plain: Context = { python: [3, 11], stars: () => null, parameters: new Set(), isLocal: () => false };

export function flowOf(written: readonly Written[], context: Partial<Context> = {}): Dataflow {
  let index = 0;
  const blocks: readonly Block[] = written.map(([name, ...cells]) => ({
    name,
    kind: name.startsWith('setup') ? 'setup' : 'step',
    cells: cells.map(source => ({
      ref: { index: ++index, id: `cell-${index}` },
      source,
      module: parseCell(source),
      futures: new Set<string>(),
      parameters: false
    }))
  }));
  return dataflow(blocks, { ...plain, ...context });
}

/** Edges of one kind as `from>to:name`. */
export function edgesOf(flow: Dataflow, kind: string): string[] {
  return flow.edges.flatMap(e => e.names.filter(n => n.kind === kind).map(n => `${e.from}>${e.to}:${n.name}`)).sort();
}

export function blockOf(flow: Dataflow, name: string): Dataflow['blocks'][number] {
  const found = flow.blocks.find(b => b.name === name);
  if (found === undefined) throw new Error(`no block ${name}`);
  return found;
}
