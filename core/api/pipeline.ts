/**
 * The Pipeline value: what a notebook means. Canonical: the same notebook and context give the same bytes.
 * This file is the one source of its shape; the bridge's API and the extension use these types.
 */

/** A place in the notebook. `cell`: 1-based index among code cells; line and column 1-based, column in UTF-16 units. */
export interface Position {
  readonly cell: number;
  readonly id: string;
  readonly line: number;
  readonly column: number;
}

export interface Range extends Position {
  readonly endLine: number;
  readonly endColumn: number;
}

export interface CellRef {
  /** 1-based index among the notebook's code cells (skipped ones count too). */
  readonly index: number;
  /** nbformat id, or one derived from place and text. */
  readonly id: string;
}

export type FlowKind = 'value' | 'file' | 'ambient' | 'order';

/** One thing that flows along an edge. For `file` the name is the path, for `ambient` the slot (`numpy.random`). */
export interface Flow {
  readonly name: string;
  readonly kind: FlowKind;
  /** Only possibly so: a change that an unknown call might make. */
  readonly possible?: true;
  readonly written: Position;
  readonly read: Position;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly names: readonly Flow[];
}

export type Severity = 'error' | 'warning' | 'info';

export interface Fix {
  readonly title: string;
  /** What a one-click fix does; absent where only a person can. */
  readonly edit?:
    | { readonly kind: 'set-tags'; readonly cell: string; readonly tags: readonly string[] }
    | { readonly kind: 'replace'; readonly range: Range; readonly text: string };
}

/** `code` is stable and documented in docs/guide/diagnostics.md. A diagnostic without a place is about the notebook. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range?: Range;
  readonly fix?: Fix;
}

export type ParameterType = 'int' | 'float' | 'str' | 'bool' | 'list' | 'dict' | 'none';

/** JSON, with the floats that JSON lacks written as `{"$float": "nan" | "inf" | "-inf"}`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly default: Json;
  readonly position: Position;
  /** The comment behind the assignment, if any. */
  readonly description?: string;
}

/** A piece of source that a step runs silently before its own cells, so that a definition need not travel. */
export interface Replay {
  readonly cell: CellRef;
  /** 1-based line of the cell at which `source` starts; `source` is whole lines or a part padded to its column. */
  readonly line: number;
  readonly source: string;
  /** What it binds; empty for a setting (`pd.set_option(…)` in setup). */
  readonly names: readonly string[];
}

export interface StepSettings {
  readonly description?: string;
  readonly image?: string;
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly gpu?: number;
  readonly retry?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly cache?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: readonly { readonly env: string; readonly secret: string; readonly key: string }[];
}

/** `setup`: code before the first step or tagged so; it runs once, and its definitions are replayed where needed. */
export interface Step {
  readonly name: string;
  /** DNS label, stable and unique in the pipeline. */
  readonly id: string;
  readonly kind: 'step' | 'setup';
  readonly cells: readonly CellRef[];
  /** Cells of `cells` that are tagged `metrics`. */
  readonly metrics: readonly string[];
  /** Cells of `cells` that are tagged `raises-exception`: an error in one is shown and the step goes on, as in Jupyter. */
  readonly mayRaise: readonly string[];
  /** Names of the steps that must have finished, in notebook order. Setup pieces are not named here. */
  readonly needs: readonly string[];
  /** Run before the step's cells, in this order. */
  readonly replay: readonly Replay[];
  /** Values to load before the step's cells, and whose they are (`from` may be a setup piece). */
  readonly inputs: readonly { readonly name: string; readonly from: string; readonly possible?: true }[];
  /** Parameters that the step takes as they were given. */
  readonly parameters: readonly string[];
  /** Names that later steps take. */
  readonly outputs: readonly string[];
  /** Ambient state: what it starts from, and what it is known to change. */
  readonly ambient: {
    readonly loads: readonly { readonly slot: string; readonly from: string }[];
    readonly changes: readonly string[];
    /** Slots that the step sets before it uses them, so that what earlier steps did to them does not matter to it. */
    readonly sets: readonly string[];
    /** Of those slots: id of the cell that sets it. */
    readonly setIn?: Readonly<Record<string, string>>;
  };
  readonly files: { readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** It looks into the namespace by other means than names (`eval`, `globals()`, `%run`): it gets all that is bound. */
  readonly dynamic: boolean;
  /** Top-level packages that its code (and what it replays) imports. */
  readonly imports: readonly string[];
  /** Reasons against caching: 'clock', 'network', 'unseeded', 'shell'. */
  readonly uncacheable: readonly string[];
  readonly settings: StepSettings;
}

export interface Pipeline {
  readonly schema: 'cellway.pipeline/1';
  readonly name: string;
  readonly description?: string;
  readonly notebook: {
    readonly digest: string;
    readonly kernel: string | null;
    /** How the steps came about. */
    readonly split: 'tags' | 'proposed' | 'each-cell';
  };
  /** Digest of the context (Python version, star imports, …) that this pipeline was derived in. */
  readonly context: string;
  readonly parameters: readonly Parameter[];
  readonly setup: readonly Step[];
  readonly steps: readonly Step[];
  /** Between steps only. */
  readonly edges: readonly Edge[];
  readonly diagnostics: readonly Diagnostic[];
}
