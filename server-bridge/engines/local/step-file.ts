import type { Json, Step } from '@cellway/core/api';
import type { RunFile } from '../../runs/folder';
import type { Found } from './results';

/** Counts of the cells as one process from top to bottom would show them; a cell without code has none. */
export function executionCounts(run: RunFile): ReadonlyMap<string, number> {
  const sources = new Map(run.cells.map(cell => [cell.id, cell.source]));
  const cells = [...run.pipeline.setup, ...run.pipeline.steps]
    .flatMap(step => step.cells)
    .sort((a, b) => a.index - b.index);
  const filled = cells.filter(cell => (sources.get(cell.id) ?? '').trim() !== '');
  return new Map(filled.map((cell, at) => [cell.id, at + 1]));
}

/** A parameter's value in this run. */
export function parameterValue(run: Pick<RunFile, 'pipeline' | 'given'>, name: string): Json {
  const given = run.given[name];
  return given === undefined
    ? (run.pipeline.parameters.find(parameter => parameter.name === name)?.default ?? null)
    : given;
}

/** Values that a node depends on: those that it takes, and those that its cells bind. */
export function parametersOf(run: Pick<RunFile, 'pipeline' | 'given'>, node: Step): Readonly<Record<string, Json>> {
  const bound = run.pipeline.parameters
    .filter(parameter => node.cells.some(cell => cell.id === parameter.position.id))
    .map(parameter => parameter.name);
  return Object.fromEntries(
    [...new Set([...node.parameters, ...bound])].map(name => [name, parameterValue(run, name)])
  );
}

/** `__future__` features in force when the step starts. */
export function futuresFor(run: Pick<RunFile, 'futures'>, node: Step): readonly string[] {
  const first = Math.min(...node.cells.map(cell => cell.index));
  const names = Object.entries(run.futures).flatMap(([cell, features]) => (Number(cell) < first ? features : []));
  return [...new Set(names)].sort();
}

export interface Given {
  readonly run: RunFile;
  readonly node: Step;
  readonly attempt: number;
  readonly workdir: string;
  readonly values: ReadonlyMap<string, Found>;
  readonly ambient: ReadonlyMap<string, Found>;
  readonly counts: ReadonlyMap<string, number>;
  readonly sourceOf: (cell: string) => string;
}

/** `step.json` of docs/contracts.md. */
export function stepFile(given: Given): Json {
  const { run, node, values, ambient } = given;
  const bundles = new Map<string, string[]>();
  for (const [name, { artifact }] of values) bundles.set(artifact, [...(bundles.get(artifact) ?? []), name]);
  const own = new Set(node.cells.map(cell => cell.id));
  const asked = run.pipeline.parameters.filter(parameter => own.has(parameter.position.id));
  // Right after the cell that has the defaults, as papermill does; only what was given is bound again.
  const inject = Object.fromEntries(
    asked
      .filter(parameter => run.given[parameter.name] !== undefined)
      .map(parameter => [parameter.name, run.given[parameter.name]!])
  );
  return {
    schema: 'cellway.step/1',
    run: run.id,
    step: node.name,
    attempt: given.attempt,
    replica: 0,
    workdir: given.workdir,
    cells: node.cells.map(cell => ({
      index: cell.index,
      id: cell.id,
      source: given.sourceOf(cell.id),
      metrics: node.metrics.includes(cell.id),
      may_raise: node.mayRaise.includes(cell.id),
      execution_count: given.counts.get(cell.id) ?? null
    })),
    replay: node.replay.map(piece => ({
      cell: { ...piece.cell },
      line: piece.line,
      source: piece.source,
      names: piece.names
    })),
    definitions: '../../definitions.json',
    parameters: Object.fromEntries(node.parameters.map(name => [name, parameterValue(run, name)])),
    inject,
    inject_after: Object.keys(inject).length > 0 ? asked[0]!.position.id : null,
    inputs: [...bundles].map(([artifact, names]) => ({ artifact, names })),
    ambient: { load: [...ambient].map(([slot, { artifact }]) => ({ slot, artifact })), watch: true },
    outputs: { names: node.outputs, all: run.options.all ?? false },
    futures: futuresFor(run, node),
    ...(node.settings.memory === undefined ? {} : { limits: { memory: node.settings.memory } }),
    files: { allow_writes: [] }
  };
}
