import type { Parameter } from '@cellway/core/api';
import { type RunOptions, readRunFile } from '../runs/folder';
import { planOf } from '../runs/plan';

/** What answers need of a run's `run.json`, which is written once: far less than the file. */
export interface Outline {
  readonly options: RunOptions;
  readonly parameterTypes: readonly Parameter[];
  /** Setup pieces and steps in notebook order. */
  readonly nodes: readonly OutlineNode[];
  /** All code cells, in order. */
  readonly cells: readonly { readonly id: string; readonly index: number; readonly node: OutlineNode | null }[];
}

export interface OutlineNode {
  readonly name: string;
  readonly id: string;
  readonly kind: 'step' | 'setup';
}

const MOST = 256;

/** Outlines of the runs that were asked for last. */
export class Outlines {
  readonly #known = new Map<string, Outline>();

  of({ id, folder }: { readonly id: string; readonly folder: string }): Outline {
    const outline = this.#known.get(id) ?? read(folder);
    this.#known.delete(id);
    this.#known.set(id, outline);
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value!);
    return outline;
  }
}

function read(folder: string): Outline {
  const { options, pipeline, cells } = readRunFile(folder);
  const nodes = planOf(pipeline).nodes.map(({ name, id, kind, cells: own }) => ({ node: { name, id, kind }, own }));
  const nodeOf = new Map(nodes.flatMap(({ node, own }) => own.map(cell => [cell.id, node] as const)));
  return {
    options,
    parameterTypes: pipeline.parameters,
    nodes: nodes.map(({ node }) => node),
    cells: cells.map(({ id, index }) => ({ id, index, node: nodeOf.get(id) ?? null }))
  };
}
