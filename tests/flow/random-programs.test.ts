import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { dataflow } from '../../core/dataflow';
import type { Block } from '../../core/dataflow/types';
import { parseCell } from '../../core/python';
import { LAST, type Program, program, source } from './programs';

const seed = Number(process.env.FLOW_SEED ?? 20261125);
const runs = Number(process.env.FLOW_RUNS ?? 150);
const root = join(__dirname, '..', '..');
const own = join(root, '.venv', 'bin', 'python');
const python = existsSync(own) ? own : 'python3';

function blocksOf(cells: readonly string[]): readonly Block[] {
  return cells.map((text, k) => ({
    name: `s${k}`,
    kind: 'step',
    cells: [
      {
        ref: { index: k + 1, id: `cell-${k}` },
        source: text,
        module: parseCell(text),
        futures: new Set(),
        parameters: false
      }
    ]
  }));
}

/** The program with what the analysis says each cell, as a step, is to be given. */
function planned(cells: readonly string[]) {
  const { blocks, definitions } = dataflow(blocksOf(cells), {
    python: [3, 11],
    stars: () => null,
    parameters: new Set(),
    isLocal: () => false
  });
  return {
    cells,
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, replays]) => [name, replays.map(replay => replay.source)])
    ),
    steps: blocks.map(block => ({
      replay: block.replay.map(replay => replay.source),
      inputs: block.inputs.map(input => [input.name, Number(input.from.slice(1))]),
      outputs: block.outputs
    }))
  };
}

function judge(programs: readonly Program[]): readonly (string | null)[] {
  const input = JSON.stringify(programs.map(one => planned(source(one))));
  return JSON.parse(execFileSync(python, [join(__dirname, 'judge.py')], { input, encoding: 'utf8', maxBuffer: 1e8 }));
}

/** Every program that lacks one statement, or one cell. */
function smaller(one: Program): Program[] {
  return one.flatMap((cell, c) => [
    one.filter((_, k) => k !== c),
    ...cell.map((_, s) => one.map((other, k) => (k === c ? other.filter((__, i) => i !== s) : other)))
  ]);
}

function shrunk(one: Program, why: string): { readonly one: Program; readonly why: string } {
  const candidates = smaller(one);
  const verdicts = judge(candidates);
  const at = verdicts.findIndex(verdict => verdict !== null);
  return at < 0 ? { one, why } : shrunk(candidates[at]!, verdicts[at]!);
}

test('steps that get what the analysis says give what the notebook gives', () => {
  const programs = fc.sample(program, { seed, numRuns: runs });
  const verdicts = judge(programs);
  const at = verdicts.findIndex(verdict => verdict !== null);
  if (at < 0) return;
  const { one, why } = shrunk(programs[at]!, verdicts[at]!);
  const cells = source(one)
    .map((text, k) => `[${k}] ${text.split('\n').join('\n    ')}`)
    .slice(2, -1);
  const plan = planned(source(one)).steps.map(
    (step, k) => `[${k}] ${step.inputs.map(([name, from]) => `${from}:${name}`).join(' ')}`
  );
  const failing = verdicts.filter(verdict => verdict !== null).length;
  throw new Error(
    `${failing} of ${runs} programs differ (seed ${seed}); the first, made small:\n${cells.join('\n')}\ninputs:\n${plan.join('\n')}\n${why}`
  );
});

test('most programs run to their end', () => {
  const programs = fc.sample(program, { seed, numRuns: 50 });
  const without = programs.map(one => ({
    ...planned(source(one)),
    steps: source(one).map(() => ({ replay: [], inputs: [], outputs: [] }))
  }));
  const input = JSON.stringify(without);
  const verdicts: (string | null)[] = JSON.parse(
    execFileSync(python, [join(__dirname, 'judge.py')], { input, encoding: 'utf8' })
  );
  // Steps that get nothing differ from every program that can run at all.
  expect(verdicts.filter(verdict => verdict !== null).length).toBeGreaterThan(40);
  expect(LAST).toContain('seen');
});
