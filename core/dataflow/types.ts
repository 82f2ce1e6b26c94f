import type { CellRef, Diagnostic, Edge, Replay } from '../api';
import type { Module } from '../python';
import type { Evidence } from './evidence';

/** A code cell of the pipeline, parsed. */
export interface Cell {
  readonly ref: CellRef;
  readonly source: string;
  readonly module: Module;
  /** `__future__` features in force, from this and earlier cells. */
  readonly futures: ReadonlySet<string>;
  /** Tagged `parameters`: its literal assignments are replaced by the given values. */
  readonly parameters: boolean;
}

/** Cells that run in one process, in notebook order: a step, or a piece of setup. */
export interface Block {
  readonly name: string;
  readonly kind: 'step' | 'setup';
  readonly cells: readonly Cell[];
}

export interface Context {
  /** Stands for `python`, `stars`, `isLocal` and `evidence`: equal where those are. Absent: nothing is kept between two runs. */
  readonly environment?: string;
  /** The Python that will run the steps; decides, for one, whether annotations are read. */
  readonly python: readonly [major: number, minor: number];
  /** Names that `from module import *` binds, or null where nobody can say. */
  readonly stars: (module: string) => readonly string[] | null;
  /** Names that the parameters cell defines: their first binding is replaced by the given value. */
  readonly parameters: ReadonlySet<string>;
  /** Whether a top-level module is a file or folder beside the notebook. */
  readonly isLocal: (module: string) => boolean;
  /** Names that only cells tagged `skip` bind, with the index of such a cell. */
  readonly skipped?: ReadonlyMap<string, { readonly cell: number }>;
  /** What earlier runs saw the cell do, for a cell with this text. */
  readonly evidence?: (cell: string) => Evidence | undefined;
  /** Extra order that tags ask for (`prev:` of Kale): step name to names of steps. */
  readonly order?: ReadonlyMap<string, readonly string[]>;
}

/** What one block takes, gives and touches. Fields as in the API's `Step`. */
export interface BlockFlow {
  readonly name: string;
  readonly replay: readonly Replay[];
  readonly inputs: readonly { readonly name: string; readonly from: string; readonly possible?: true }[];
  readonly parameters: readonly string[];
  readonly outputs: readonly string[];
  readonly ambient: {
    readonly loads: readonly { readonly slot: string; readonly from: string }[];
    readonly changes: readonly string[];
    readonly sets: readonly string[];
    readonly setIn?: Readonly<Record<string, string>>;
  };
  readonly files: { readonly reads: readonly string[]; readonly writes: readonly string[] };
  readonly dynamic: boolean;
  readonly imports: readonly string[];
  readonly uncacheable: readonly string[];
  /** Names that the block surely or possibly binds or changes. */
  readonly binds: readonly string[];
}

export interface Dataflow {
  readonly blocks: readonly BlockFlow[];
  /** Between all blocks, pieces of setup included. */
  readonly edges: readonly Edge[];
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of the cells whose evidence said more than the analysis had found. */
  readonly recalled: readonly string[];
  /** Every replayable name with the source that makes it, after what that needs. */
  readonly definitions: Readonly<Record<string, readonly Replay[]>>;
}
