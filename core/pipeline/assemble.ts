import type { Diagnostic, Edge, Step } from '../api';
import type { BlockFlow, Dataflow } from '../dataflow/types';
import { labelOf } from '../notebook';
import type { Piece } from './pieces';

/** Steps and setup pieces out of what tags and dataflow say of each. `edges` are those between steps. */
export function assemble(
  pieces: readonly Piece[],
  flow: Dataflow
): { setup: readonly Step[]; steps: readonly Step[]; edges: readonly Edge[] } {
  const kinds = new Map(pieces.map(piece => [piece.name, piece.kind]));
  const place = new Map(pieces.map((piece, at) => [piece.name, at]));
  const edges = flow.edges.filter(edge => kinds.get(edge.from) === 'step' && kinds.get(edge.to) === 'step');
  const needs = new Map<string, string[]>();
  for (const edge of edges) {
    needs.set(edge.to, [...(needs.get(edge.to) ?? []), edge.from]);
  }
  const flows = new Map(flow.blocks.map(block => [block.name, block]));
  const all = pieces.map(piece => {
    const before = [...new Set(needs.get(piece.name) ?? [])].sort((a, b) => place.get(a)! - place.get(b)!);
    return stepOf(piece, flows.get(piece.name)!, before);
  });
  return {
    setup: all.filter(step => step.kind === 'setup'),
    steps: all.filter(step => step.kind === 'step'),
    edges
  };
}

function stepOf(piece: Piece, flow: BlockFlow, needs: readonly string[]): Step {
  return {
    name: piece.name,
    id: labelOf(piece.name),
    kind: piece.kind,
    cells: piece.cells.map(cell => cell.ref),
    metrics: piece.metrics,
    mayRaise: piece.mayRaise,
    needs,
    replay: flow.replay,
    inputs: flow.inputs,
    parameters: flow.parameters,
    outputs: flow.outputs,
    ambient: flow.ambient,
    files: flow.files,
    dynamic: flow.dynamic,
    imports: flow.imports,
    uncacheable: flow.uncacheable,
    settings: piece.settings
  };
}

const SEVERITY = { error: 0, warning: 1, info: 2 } as const;

/** By place in the notebook; those about the notebook as a whole come first. The same one is told once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const distinct = diagnostics.filter(diagnostic => {
    const key = JSON.stringify([diagnostic.code, diagnostic.range, diagnostic.message]);
    return !seen.has(key) && seen.add(key);
  });
  return distinct.sort(
    (a, b) =>
      (a.range?.cell ?? 0) - (b.range?.cell ?? 0) ||
      (a.range?.line ?? 0) - (b.range?.line ?? 0) ||
      (a.range?.column ?? 0) - (b.range?.column ?? 0) ||
      SEVERITY[a.severity] - SEVERITY[b.severity] ||
      (a.code < b.code ? -1 : a.code > b.code ? 1 : 0)
  );
}
