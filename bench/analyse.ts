/**
 * Reads a notebook's text on stdin, analyses it, and prints seconds: the very first time in the process, from nothing
 * once the code is warm (as in a page that stays open), and after an edit of one cell, anywhere in the notebook.
 */
import { readFileSync } from 'node:fs';
import { readNotebook } from '../core/notebook';
import { Analysis, type PipelineContext, pipeline } from '../core/pipeline';

interface Raw {
  cells: { source: string }[];
}

const text = readFileSync(0, 'utf8');
const context: PipelineContext = { python: [3, 11], stars: {}, local: [] };

function analyse(input: unknown, analysis: Analysis): number {
  const start = performance.now();
  const reading = readNotebook(input);
  if (!('notebook' in reading)) throw new Error(JSON.stringify(reading));
  const value = pipeline(reading.notebook, { name: 'large', context, analysis });
  const took = (performance.now() - start) / 1000;
  const errors = value.diagnostics.filter(diagnostic => diagnostic.severity === 'error');
  if (value.steps.length < 99 || errors.length > 0) throw new Error(`not the pipeline: ${JSON.stringify(errors)}`);
  return took;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const first = analyse(text, new Analysis());
const nothing = Array.from({ length: 40 }, () => analyse(text, new Analysis())).slice(20);
const kept = new Analysis();
const raw = JSON.parse(text) as Raw;
analyse(raw, kept);
const edits = Array.from({ length: 120 }, (_, round) => {
  const cell = raw.cells[10 + round * 4]!;
  cell.source += `\nedited_${round} = ${round}`;
  return analyse(raw, kept);
});
process.stdout.write(JSON.stringify({ first, nothing: median(nothing), edit: median(edits.slice(60)) }));
