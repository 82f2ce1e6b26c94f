import type { Json, Step } from '@cellway/core/api';
import { digestOf } from './digest';
import type { InterpreterFacts } from './facts';

/** All that a step's result depends on, but for the files that it reads, which are known only afterwards. */
export interface KeyFacts {
  readonly node: Step;
  readonly sourceOf: (cell: string) => string;
  /** Execution that each input's value comes from. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly ambient: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly interpreter: InterpreterFacts;
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of the process that the run starts from. */
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly futures: readonly string[];
  /** Which Cellway (`buildOf`). */
  readonly build: string;
}

const WORD = /[A-Za-z_][A-Za-z0-9_]+/g;

/** Variables of the environment that the code names, by whatever means it reads them; by digest, since some are secrets. */
function variablesIn(
  sources: readonly string[],
  surroundings: KeyFacts['surroundings']
): readonly (readonly [name: string, digest: string])[] {
  const words = new Set(sources.flatMap(source => source.match(WORD) ?? []));
  return [...words].flatMap(word =>
    Object.hasOwn(surroundings, word) ? [[word, digestOf(surroundings[word] ?? '').slice(0, 16)] as const] : []
  );
}

export type Components = Readonly<Record<string, string>>;

/** Whoever runs the same code, wherever the cells stand now. */
export function codeDigest(node: Step, sourceOf: (cell: string) => string): string {
  return digestOf(JSON.stringify([node.cells.map(cell => sourceOf(cell.id)), node.replay.map(piece => piece.source)]));
}

/**
 * One text a component, named `kind:name`, so that a miss can be explained component by component. Producers are named
 * by their execution: nobody waits for the hash of a value.
 */
export function componentsOf(facts: KeyFacts): Components {
  const { node, sourceOf } = facts;
  const entries: [string, string][] = [];
  for (const [at, cell] of node.cells.entries()) entries.push([`cell:${at + 1}`, sourceOf(cell.id)]);
  for (const [at, piece] of node.replay.entries()) entries.push([`replay:${at + 1}`, piece.source]);
  const sources = [...node.cells.map(cell => sourceOf(cell.id)), ...node.replay.map(piece => piece.source)];
  const surroundings = { ...facts.surroundings, ...facts.interpreter.variables };
  for (const [name, digest] of variablesIn(sources, surroundings)) entries.push([`variable:${name}`, digest]);
  for (const [name, execution] of facts.inputs) entries.push([`input:${name}`, execution]);
  for (const [slot, execution] of facts.ambient) entries.push([`ambient:${slot}`, execution]);
  for (const [name, value] of Object.entries(facts.parameters))
    entries.push([`parameter:${name}`, JSON.stringify(value)]);
  // By place among the step's cells: ids may change without a change of meaning.
  const at = (ids: readonly string[]): string =>
    node.cells.flatMap((cell, i) => (ids.includes(cell.id) ? [i + 1] : [])).join(' ');
  if (node.metrics.length > 0) entries.push(['tag:metrics', at(node.metrics)]);
  if (node.mayRaise.length > 0) entries.push(['tag:raises-exception', at(node.mayRaise)]);
  entries.push(['cellway:', facts.build]);
  entries.push(['python:', facts.interpreter.python]);
  for (const name of node.imports) {
    const version = facts.interpreter.packages[name];
    if (version !== undefined) entries.push([`package:${name}`, version]);
  }
  for (const [name, value] of Object.entries({ ...facts.environment, ...node.settings.env }))
    entries.push([`setting:${name}`, value]);
  if (facts.futures.length > 0) entries.push(['futures:', facts.futures.join(' ')]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function keyOf(components: Components): string {
  return digestOf(JSON.stringify(components));
}
