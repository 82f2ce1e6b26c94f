/**
 * The Pipeline value: what a notebook means. Canonical: the same notebook and context give the same bytes.
 * This file is the one source of its shape; the bridge's API and the extension use these types.
 */
import { Type } from 'typebox';
import { Json, orNull, type ValueOf, words } from './schema';

const CellIndex = Type.Integer({ minimum: 1, description: '1-based index among code cells.' });
const Line = Type.Integer({ minimum: 1, description: '1-based.' });
const Column = Type.Integer({ minimum: 1, description: '1-based, in UTF-16 units.' });

/** A place in the notebook. `cell`: 1-based index among code cells; line and column 1-based, column in UTF-16 units. */
export const Position = Type.Object({ cell: CellIndex, id: Type.String(), line: Line, column: Column });
export type Position = ValueOf<typeof Position>;

export const Range = Type.Object({
  cell: CellIndex,
  id: Type.String(),
  line: Line,
  column: Column,
  endLine: Line,
  endColumn: Column
});
export type Range = ValueOf<typeof Range>;

export const CellRef = Type.Object({
  /** 1-based index among the notebook's code cells (skipped ones count too). */
  index: CellIndex,
  /** nbformat id, or one derived from place and text. */
  id: Type.String()
});
export type CellRef = ValueOf<typeof CellRef>;

export const FlowKind = words('value', 'file', 'ambient', 'order');
export type FlowKind = ValueOf<typeof FlowKind>;

/** One thing that flows along an edge. For `file` the name is the path, for `ambient` the slot (`numpy.random`). */
export const Flow = Type.Object({
  name: Type.String(),
  kind: FlowKind,
  /** Only possibly so: a change that an unknown call might make. */
  possible: Type.Optional(Type.Literal(true)),
  written: Position,
  read: Position
});
export type Flow = ValueOf<typeof Flow>;

export const Edge = Type.Object({ from: Type.String(), to: Type.String(), names: Type.Array(Flow) });
export type Edge = ValueOf<typeof Edge>;

export const Severity = words('error', 'warning', 'info');
export type Severity = ValueOf<typeof Severity>;

export const Fix = Type.Object({
  title: Type.String(),
  /** What a one-click fix does; absent where only a person can. */
  edit: Type.Optional(
    Type.Union([
      Type.Object({ kind: Type.Literal('set-tags'), cell: Type.String(), tags: Type.Array(Type.String()) }),
      Type.Object({ kind: Type.Literal('replace'), range: Range, text: Type.String() })
    ])
  )
});
export type Fix = ValueOf<typeof Fix>;

/** `code` is stable and documented in docs/guide/diagnostics.md. A diagnostic without a place is about the notebook. */
export const Diagnostic = Type.Object({
  code: Type.String(),
  severity: Severity,
  message: Type.String(),
  range: Type.Optional(Range),
  fix: Type.Optional(Fix)
});
export type Diagnostic = ValueOf<typeof Diagnostic>;

export const ParameterType = words('int', 'float', 'str', 'bool', 'list', 'dict', 'none');
export type ParameterType = ValueOf<typeof ParameterType>;

export const Parameter = Type.Object({
  name: Type.String(),
  type: ParameterType,
  default: Json,
  position: Position,
  /** The comment behind the assignment, if any. */
  description: Type.Optional(Type.String())
});
export type Parameter = ValueOf<typeof Parameter>;

/** A piece of source that a step runs silently before its own cells, so that a definition need not travel. */
export const Replay = Type.Object({
  cell: CellRef,
  /** 1-based line of the cell at which `source` starts; `source` is whole lines or a part padded to its column. */
  line: Line,
  source: Type.String(),
  /** What it binds; empty for a setting (`pd.set_option(…)` in setup). */
  names: Type.Array(Type.String())
});
export type Replay = ValueOf<typeof Replay>;

export const StepSettings = Type.Object({
  description: Type.Optional(Type.String()),
  image: Type.Optional(Type.String()),
  cpu: Type.Optional(Type.Number()),
  /** Bytes. */
  memory: Type.Optional(Type.Number()),
  gpu: Type.Optional(Type.Number()),
  retry: Type.Optional(Type.Number()),
  /** Seconds. */
  timeout: Type.Optional(Type.Number()),
  cache: Type.Optional(Type.Boolean()),
  env: Type.Optional(Type.Record(Type.String(), Type.String())),
  secrets: Type.Optional(Type.Array(Type.Object({ env: Type.String(), secret: Type.String(), key: Type.String() })))
});
export type StepSettings = ValueOf<typeof StepSettings>;

/** `setup`: code before the first step or tagged so; it runs once, and its definitions are replayed where needed. */
export const Step = Type.Object({
  name: Type.String(),
  /** DNS label, stable and unique in the pipeline. */
  id: Type.String(),
  kind: words('step', 'setup'),
  cells: Type.Array(CellRef),
  /** Cells of `cells` that are tagged `metrics`. */
  metrics: Type.Array(Type.String()),
  /** Cells of `cells` that are tagged `raises-exception`: an error in one is shown and the step goes on, as in Jupyter. */
  mayRaise: Type.Array(Type.String()),
  /** Names of the steps that must have finished, in notebook order. Setup pieces are not named here. */
  needs: Type.Array(Type.String()),
  /** Run before the step's cells, in this order. */
  replay: Type.Array(Replay),
  /** Values to load before the step's cells, and whose they are (`from` may be a setup piece). */
  inputs: Type.Array(
    Type.Object({ name: Type.String(), from: Type.String(), possible: Type.Optional(Type.Literal(true)) })
  ),
  /** Parameters that the step takes as they were given. */
  parameters: Type.Array(Type.String()),
  /** Names that later steps take. */
  outputs: Type.Array(Type.String()),
  /** Ambient state: what it starts from, and what it is known to change. */
  ambient: Type.Object({
    loads: Type.Array(Type.Object({ slot: Type.String(), from: Type.String() })),
    changes: Type.Array(Type.String()),
    /** Slots that the step sets before it uses them, so that what earlier steps did to them does not matter to it. */
    sets: Type.Array(Type.String()),
    /** Of those slots: id of the cell that sets it. */
    setIn: Type.Optional(Type.Record(Type.String(), Type.String()))
  }),
  files: Type.Object({ reads: Type.Array(Type.String()), writes: Type.Array(Type.String()) }),
  /** It looks into the namespace by other means than names (`eval`, `globals()`, `%run`): it gets all that is bound. */
  dynamic: Type.Boolean(),
  /** Top-level packages that its code (and what it replays) imports. */
  imports: Type.Array(Type.String()),
  /** Reasons against caching: 'clock', 'network', 'unseeded', 'shell'. */
  uncacheable: Type.Array(Type.String()),
  settings: StepSettings
});
export type Step = ValueOf<typeof Step>;

export const Pipeline = Type.Object({
  schema: Type.Literal('cellway.pipeline/1'),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  notebook: Type.Object({
    digest: Type.String(),
    kernel: orNull(Type.String()),
    /** How the steps came about. */
    split: words('tags', 'proposed', 'each-cell')
  }),
  /** Digest of the context (Python version, star imports, …) that this pipeline was derived in. */
  context: Type.String(),
  parameters: Type.Array(Parameter),
  setup: Type.Array(Step),
  steps: Type.Array(Step),
  /** Between steps only. */
  edges: Type.Array(Edge),
  diagnostics: Type.Array(Diagnostic)
});
export type Pipeline = ValueOf<typeof Pipeline>;
