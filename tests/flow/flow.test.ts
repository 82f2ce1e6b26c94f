import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataflow } from '../../core/dataflow';
import type { Block, Context } from '../../core/dataflow/types';
import { parseCell } from '../../core/python';

/** A notebook with the right answers; README.md tells how they are meant. */
interface Case {
  readonly title: string;
  readonly cells: readonly string[];
  readonly edges: readonly string[];
  readonly may: readonly string[];
  readonly why: string;
  readonly python?: string;
}

interface Found {
  readonly edge: string;
  readonly possible: boolean;
}

interface Verdict {
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
  /** Neither asked for nor allowed, but marked `possible`: safe, at the price of a chance to run in parallel. */
  readonly tolerated: readonly string[];
}

/** The answers were found with this Python; newer syntax raises it for its own case. */
const oldest: readonly [number, number] = [3, 13];

const read = (file: string): readonly Case[] => JSON.parse(readFileSync(join(__dirname, file), 'utf8'));

/** What a star import of these modules binds that the cases look at. */
const stars: Readonly<Record<string, readonly string[]>> = {
  math: ['ceil', 'cos', 'e', 'exp', 'floor', 'inf', 'log', 'nan', 'pi', 'pow', 'sin', 'sqrt', 'tau'],
  cmath: ['cos', 'e', 'exp', 'inf', 'log', 'nan', 'phase', 'pi', 'polar', 'rect', 'sin', 'sqrt', 'tau'],
  string: ['ascii_letters', 'digits', 'capwords', 'Formatter', 'Template', 'punctuation', 'whitespace']
};

function contextFor(example: Case): Context {
  const [major = 3, minor = 8] = (example.python ?? '3.8').split('.').map(Number);
  const python: readonly [number, number] = major > oldest[0] || minor > oldest[1] ? [major, minor] : oldest;
  return { python, stars: module => stars[module] ?? null, parameters: new Set(), isLocal: () => false };
}

/** As in IPython, `from __future__` holds for its cell and all later ones. */
function blocksOf(example: Case): readonly Block[] {
  const modules = example.cells.map(source => parseCell(source));
  return example.cells.map((source, k) => ({
    name: `s${k}`,
    kind: 'step',
    cells: [
      {
        ref: { index: k + 1, id: `cell-${k}` },
        source,
        module: modules[k]!,
        futures: new Set(modules.slice(0, k + 1).flatMap(module => module.futures)),
        parameters: false
      }
    ]
  }));
}

function found(example: Case): readonly Found[] {
  const step = (name: string) => name.replace(/^s/, '');
  return dataflow(blocksOf(example), contextFor(example)).edges.flatMap(edge =>
    edge.names
      .filter(flow => flow.kind === 'value')
      .map(flow => ({ edge: `${step(edge.from)}>${step(edge.to)}:${flow.name}`, possible: flow.possible === true }))
  );
}

function judge(example: Case, given: readonly Found[]): Verdict {
  const allowed = new Set([...example.edges, ...example.may]);
  const there = new Set(given.map(one => one.edge));
  const extra = given.filter(one => !allowed.has(one.edge));
  return {
    missing: example.edges.filter(edge => !there.has(edge)),
    wrong: extra.filter(one => !one.possible).map(one => one.edge),
    tolerated: extra.filter(one => one.possible).map(one => one.edge)
  };
}

function explain(example: Case, given: readonly Found[], verdict: Verdict): string {
  const cells = example.cells.map((source, k) => `  [${k}] ${source.split('\n').join('\n      ')}`);
  const list = (edges: readonly string[]) => edges.join('  ') || '–';
  return [
    `${example.title}: ${example.why}`,
    ...cells,
    `missing:   ${list(verdict.missing)}`,
    `wrong:     ${list(verdict.wrong)}`,
    `tolerated: ${list(verdict.tolerated)}`,
    `given:     ${list(given.map(one => one.edge + (one.possible ? '?' : '')))}`,
    `edges:     ${list(example.edges)}`,
    `may:       ${list(example.may)}`
  ].join('\n');
}

function check(example: Case): Verdict {
  const given = found(example);
  const verdict = judge(example, given);
  if (verdict.missing.length + verdict.wrong.length > 0) throw new Error(explain(example, given, verdict));
  return verdict;
}

describe.each(['cases.json', 'more-cases.json', 'third-cases.json'])('%s', file => {
  test.each(read(file).map(example => [example.title, example] as const))('%s', (_title, example) => {
    check(example);
  });
});

test('at most five possible edges of the reference cases are not asked for', () => {
  const tolerated = read('cases.json').flatMap(example => {
    const edges = judge(example, found(example)).tolerated;
    return edges.map(edge => `${example.title}: ${edge}`);
  });
  if (tolerated.length > 5) throw new Error(`${tolerated.length} tolerated possible edges\n${tolerated.join('\n')}`);
});
