import { Rerun } from '../dataflow';
import type { Cell } from '../dataflow/types';
import { type Module, parseCell } from '../python';
import { canonical } from './canonical';
import type { PipelineContext } from './context';

/**
 * Remembers what the last derivation found, so that after an edit one cell is parsed and only what that concerns is
 * worked out again. Held by the caller from one derivation to the next; the result is that of one from nothing. It
 * keeps what the last derivation used.
 */
export class Analysis {
  private kept = new Map<string, Module[]>();
  private used = new Map<string, Module[]>();
  private cells: Cell[] = [];
  private seen: Cell[] = [];
  private readonly environments = new WeakMap<PipelineContext, string>();
  private readonly reruns = new Map<string, Rerun>();

  /**
   * The cell's tree under the `__future__` features in force before it. Cells of equal text have trees of their own: by
   * its node a function is known.
   */
  parse(source: string, futures: ReadonlySet<string>): Module {
    const key = futures.size === 0 ? source : `${[...futures].sort().join(',')}\0${source}`;
    const parsed = this.kept.get(key)?.pop() ?? parseCell(source, { futures: [...futures] });
    const used = this.used.get(key);
    if (used === undefined) this.used.set(key, [parsed]);
    else used.unshift(parsed);
    return parsed;
  }

  /** The same cell as the last time, where nothing about it has changed. */
  cell(made: Cell): Cell {
    const last = this.cells[this.seen.length];
    const same =
      last !== undefined &&
      last.module === made.module &&
      last.ref.id === made.ref.id &&
      last.ref.index === made.ref.index &&
      last.parameters === made.parameters &&
      last.futures.size === made.futures.size &&
      [...last.futures].every(feature => made.futures.has(feature));
    const cell = same ? last : made;
    this.seen.push(cell);
    return cell;
  }

  /** What is kept of the dataflow that is asked for this purpose. */
  rerun(purpose: 'proposal' | 'joining' | 'steps'): Rerun {
    let known = this.reruns.get(purpose);
    if (known === undefined) this.reruns.set(purpose, (known = new Rerun()));
    return known;
  }

  /** One text for contexts that say the same. */
  environment(context: PipelineContext): string {
    let known = this.environments.get(context);
    if (known === undefined) this.environments.set(context, (known = canonical(context)));
    return known;
  }

  /** A derivation begins: what the last one did not use is forgotten. */
  begin(): void {
    this.kept = this.used;
    this.used = new Map();
    this.cells = this.seen;
    this.seen = [];
  }
}
