import type { Module } from './ast';
import { declarationProblems } from './declarations';
import { layout, relocate } from './layout';
import { Parser } from './parser';
import type { NamedCharacter } from './strings';

export interface ParseOptions {
  /** Features of `from __future__` that earlier cells turned on: they hold on in this one. */
  readonly futures?: readonly string[];
  readonly namedCharacter?: NamedCharacter;
}

/**
 * Parses a notebook cell: Python 3.8 to 3.14 and IPython's syntax. Never throws; time is linear in the text. A statement
 * that does not parse is a problem, its names are salvaged, and the statements around it survive.
 */
export function parseCell(source: string, options: ParseOptions = {}): Module {
  const stripped = layout(source);
  const module = parse(stripped === null ? source : stripped.text, true, options);
  if (stripped !== null) relocate(module, stripped, source.length);
  return module;
}

/** Parses a Python file: no IPython syntax. */
export function parseModule(source: string, options: ParseOptions = {}): Module {
  return parse(source, false, options);
}

function parse(source: string, ipython: boolean, options: ParseOptions): Module {
  const parser = new Parser(source, { ipython, namedCharacter: options.namedCharacter });
  const body = ipython ? parser.cell(0) : parser.module().body;
  const { problems, salvaged, declares } = parser;
  const futures =
    options.futures === undefined ? parser.futures : [...new Set([...options.futures, ...parser.futures])];
  const module: Module = { kind: 'Module', start: 0, end: source.length, body, problems, salvaged, futures };
  if (declares) problems.push(...declarationProblems(module));
  if (problems.length > 1) problems.sort((a, b) => a.start - b.start || a.end - b.end);
  return module;
}
