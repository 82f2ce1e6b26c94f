import type { Diagnostic, Pipeline, Replay } from '../api';
import { dataflow } from '../dataflow';
import type { Context, Dataflow } from '../dataflow/types';
import { starNames } from '../python';
import { type Notebook, spanRange } from '../notebook';
import { Analysis } from './analysis';
import { assemble, sortDiagnostics } from './assemble';
import { canonical } from './canonical';
import { cellDigest, contextDigest, DEFAULT_CONTEXT, type PipelineContext } from './context';
import { joinContinued } from './continued';
import { notebookSettings } from './name';
import { orderOf } from './order';
import { readParameters } from './parameters';
import { type Entry, type Piece, piecesOf, type Place, placesByTags } from './pieces';
import { proposeSplit } from './proposed';
import { skippedNames } from './skipped';

export interface PipelineOptions {
  /** Used where the notebook's metadata gives none; the file's name without its ending, for one. */
  readonly name: string;
  /** Each code cell a step of its own, `c1`, `c2`, …; `skip`, `setup` and `parameters` keep their meaning. */
  readonly eachCell?: boolean;
  readonly context?: PipelineContext;
  /** Kept by the caller from one edit to the next, so that only what was edited is parsed again. */
  readonly analysis?: Analysis;
}

/** A pipeline with what an engine needs besides it. */
export interface Derivation {
  readonly pipeline: Pipeline;
  /** Every replayable name with the source that makes it. */
  readonly definitions: Readonly<Record<string, readonly Replay[]>>;
  /** All code cells but the skipped ones. */
  readonly cells: readonly { readonly index: number; readonly id: string; readonly source: string }[];
  /** `__future__` features in force before a cell, by its index; cells without any are absent. */
  readonly futures: Readonly<Record<string, readonly string[]>>;
}

/** The pipeline that a notebook means. Pure and canonical: the same notebook and options give the same value. */
export function pipeline(notebook: Notebook, options: PipelineOptions): Pipeline {
  return derive(notebook, options).pipeline;
}

export function derive(notebook: Notebook, options: PipelineOptions): Derivation {
  const analysis = options.analysis ?? new Analysis();
  const context = options.context ?? DEFAULT_CONTEXT;
  analysis.begin();
  const { entries, futures } = parseCells(notebook, analysis);
  const diagnostics: Diagnostic[] = [...notebook.diagnostics, ...entries.flatMap(entry => entry.tags.diagnostics)];
  const parameterCells = entries.filter(entry => entry.cell?.parameters === true).map(entry => entry.cell!);
  const { parameters, diagnostics: aboutParameters } = readParameters(parameterCells);
  const flowContext: Context = {
    environment: analysis.environment(context),
    python: context.python,
    stars: module => starsOf(module, context),
    parameters: new Set(parameters.map(parameter => parameter.name)),
    isLocal: module => context.local.includes(module),
    skipped: skippedNames(entries),
    evidence: evidenceOf(context)
  };
  // The proposed steps are the notebook's own: they must not change because it ran.
  const split = splitOf(notebook, entries, options.eachCell === true, blocks =>
    dataflow(blocks, { ...flowContext, evidence: undefined }, analysis.rerun('proposal'))
  );
  const { pieces: cut, diagnostics: aboutPieces } = piecesOf(entries, split.places);
  const { pieces, diagnostics: aboutJoining } = joinContinued(cut, blocks =>
    dataflow(blocks, flowContext, analysis.rerun('joining'))
  );
  const { order, diagnostics: aboutOrder } = options.eachCell ? { order: new Map(), diagnostics: [] } : orderOf(pieces);
  const flow = dataflow(pieces, { ...flowContext, order }, analysis.rerun('steps'));
  const settings = notebookSettings(notebook, options.name);
  diagnostics.push(
    ...aboutParameters,
    ...split.diagnostics,
    ...aboutPieces,
    ...aboutJoining,
    ...aboutOrder,
    ...flow.diagnostics,
    ...settings.diagnostics,
    ...entries.flatMap(syntaxDiagnostics),
    ...emptiness(entries)
  );
  return {
    pipeline: {
      schema: 'cellway.pipeline/1',
      name: settings.name,
      ...(settings.description === undefined ? {} : { description: settings.description }),
      notebook: { digest: notebookDigest(notebook, analysis), kernel: notebook.kernel, split: split.how },
      context: contextDigest(context, flow.recalled),
      parameters,
      ...assemble(withDefaults(pieces, settings.defaults), flow),
      diagnostics: sortDiagnostics(diagnostics)
    },
    definitions: flow.definitions,
    cells: entries
      .filter(entry => entry.cell !== null)
      .map(({ source: { index, id, source } }) => ({ index, id, source })),
    futures
  };
}

/** A module beside the notebook hides an installed one of the same name. */
function starsOf(module: string, { stars, local }: PipelineContext): readonly string[] | null {
  if (Object.hasOwn(stars, module)) {
    return stars[module]!;
  }
  return local.includes(module.split('.')[0]!) ? null : starNames(module);
}

/** Most notebooks have none: then no cell's digest is made. */
function evidenceOf({ evidence = {} }: PipelineContext): Context['evidence'] {
  return Object.keys(evidence).length === 0 ? undefined : source => evidence[cellDigest(source)];
}

function withDefaults(pieces: readonly Piece[], defaults: Piece['settings']): readonly Piece[] {
  return pieces.map(piece =>
    piece.kind === 'step' ? { ...piece, settings: { ...defaults, ...piece.settings } } : piece
  );
}

function parseCells(
  notebook: Notebook,
  analysis: Analysis
): { entries: Entry[]; futures: Record<string, readonly string[]> } {
  const entries: Entry[] = [];
  const futures: Record<string, readonly string[]> = {};
  let inForce = NO_FUTURES;
  for (const source of notebook.cells) {
    if (source.kind !== 'code') {
      continue;
    }
    const entry = analysis.entry(source, inForce);
    entries.push(entry);
    if (entry.cell === null) {
      continue;
    }
    if (inForce.size > 0) {
      futures[source.index] = [...inForce].sort();
    }
    inForce = entry.cell.futures;
  }
  return { entries, futures };
}

const NO_FUTURES: ReadonlySet<string> = new Set();

function splitOf(
  notebook: Notebook,
  entries: readonly Entry[],
  eachCell: boolean,
  flow: (blocks: Parameters<typeof dataflow>[0]) => Dataflow
): { places: readonly Place[]; how: Pipeline['notebook']['split']; diagnostics: readonly Diagnostic[] } {
  if (eachCell) {
    const places = entries.map(({ source, tags }): Place => {
      const own = tags.role.kind !== 'setup' && tags.role.kind !== 'parameters';
      return own ? { kind: 'step', name: `c${source.index}` } : { kind: 'setup' };
    });
    return { places, how: 'each-cell', diagnostics: [] };
  }
  if (entries.some(entry => entry.tags.role.kind === 'step')) {
    return { ...placesByTags(entries), how: 'tags' };
  }
  return { places: proposeSplit(notebook.cells, entries, flow), how: 'proposed', diagnostics: [] };
}

function syntaxDiagnostics({ source, cell }: Entry): Diagnostic[] {
  if (cell === null || cell.module.problems.length === 0) {
    return [];
  }
  return cell.module.problems.map(problem => ({
    code: 'syntax',
    severity: 'error' as const,
    message: problem.message,
    range: spanRange(source, problem.start, problem.end)
  }));
}

function emptiness(entries: readonly Entry[]): Diagnostic[] {
  if (entries.some(({ cell }) => cell !== null && cell.source.trim() !== '')) {
    return [];
  }
  const message =
    entries.length === 0 ? 'The notebook has no code cells.' : 'All code cells are empty or tagged skip: nothing runs.';
  return [{ code: 'no-code', severity: 'error', message, fix: { title: 'Write a code cell' } }];
}

/** So many cells are digested as one. */
const TOGETHER = 25;

/**
 * Of what decides the pipeline: cells with their tags and settings, the kernel; not of outputs. A digest of digests of
 * groups of cells, so that after an edit one group is digested.
 */
function notebookDigest({ cells, kernel, settings, kale }: Notebook, analysis: Analysis): string {
  const groups: string[] = [];
  for (let at = 0; at < cells.length; at += TOGETHER) {
    // A list a cell: its fields have an order already, and sorting 500 cells' keys costs more than all else here.
    const group = cells
      .slice(at, at + TOGETHER)
      .map(cell => [
        cell.kind,
        cell.id,
        cell.source,
        cell.tags,
        cell.settings === null ? null : canonical(cell.settings)
      ]);
    groups.push(analysis.digest(JSON.stringify(group)));
  }
  return analysis.digest(JSON.stringify([groups, kernel, canonical(settings), canonical(kale)]));
}
