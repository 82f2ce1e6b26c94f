/** Notebooks under random edits, for what is kept from one derivation to the next. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Notebook, readNotebook } from '../../core/notebook';
import { program, source } from './programs';
import fc from 'fast-check';

export interface Draft {
  readonly id: string;
  readonly source: string;
  readonly tags: readonly string[];
}

export type Random = (below: number) => number;

/** A small generator of our own, so that a seed is enough to meet a failure again. */
export function randomFrom(seed: number): Random {
  let state = (seed * 2654435761) >>> 0 || 1;
  return below => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

export function notebookOf(drafts: readonly Draft[]): Notebook {
  const reading = readNotebook({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
    cells: drafts.map(({ id, source: text, tags }) => ({
      cell_type: 'code',
      id,
      metadata: { tags },
      source: text,
      execution_count: null,
      outputs: []
    }))
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.notebook;
}

const drafts = (cells: readonly string[]): readonly Draft[] =>
  cells.map((text, k) => ({ id: `cell-${k}`, source: text, tags: [] }));

/** Notebooks to start from: the flow cases, the examples, random programs. */
export function startingPoints(seed: number, programs: number): readonly (readonly Draft[])[] {
  const cases = ['cases.json', 'more-cases.json', 'third-cases.json'].flatMap(
    file => JSON.parse(readFileSync(join(__dirname, file), 'utf8')) as { cells: string[] }[]
  );
  const folder = join(__dirname, '..', '..', 'examples');
  const examples = [
    '01-heavy-users',
    '02-progression-cv',
    '03-penguins',
    '04-kale-tumours',
    '05-wine-traps',
    '06-digits'
  ].map(name => {
    const reading = readNotebook(readFileSync(join(folder, `${name}.ipynb`), 'utf8'));
    if (!reading.ok) throw new Error(name);
    return reading.notebook.cells
      .filter(c => c.kind === 'code')
      .map(({ id, source: text, tags }) => ({ id, source: text, tags }));
  });
  return [
    ...cases.map(one => drafts(one.cells)),
    ...examples,
    ...fc.sample(program, { seed, numRuns: programs }).map(one => drafts(source(one)))
  ];
}

const LINES = [
  '# a remark',
  'fresh_name = 1',
  'fresh_name = "text"',
  'fresh_list = [fresh_name]',
  'fresh_list.append(2)',
  'print(fresh_name)',
  'import os',
  'import numpy as np\nnp.random.seed(0)',
  'def fresh_function(a=1):\n    return a + fresh_name',
  'fresh_function(2)',
  'if fresh_name:\n    other_name = 3',
  'del fresh_name',
  'try:\n    fresh_list = undefined_thing\nexcept NameError as e:\n    print(e)',
  'exec("fresh_name = 4")',
  'globals()',
  'class Fresh:\n    items = []\n    def add(self, x):\n        self.items.append(x)',
  'Fresh().add(1)',
  'open("out.txt", "w").write("x")',
  'open("out.txt").read()',
  'lazy = (n for n in [1, 2])',
  'list(lazy)',
  'half = (',
  'def outer():\n    count = []\n    def inner(x):\n        nonlocal count\n        count = count + [x]\n        return count\n    return inner',
  'counting = outer()',
  'counting(1)',
  'from os.path import *',
  'from unseen import *',
  '%cd ..',
  'x = !ls'
];
const TAGS: readonly (readonly string[])[] = [
  [],
  ['setup'],
  ['skip'],
  ['step:one'],
  ['step:two'],
  ['parameters'],
  ['metrics']
];

/** One edit: of a cell's text mostly, at times of what cells there are, or of their tags. */
export function edited(now: readonly Draft[], random: Random, past: readonly (readonly Draft[])[]): readonly Draft[] {
  const at = random(now.length);
  const cell = now[at]!;
  const put = (text: string): readonly Draft[] => now.map((c, i) => (i === at ? { ...c, source: text } : c));
  const lines = cell.source.split('\n');
  const where = random(lines.length + 1);
  const added = LINES[random(LINES.length)]!;
  const other = now[random(now.length)]!.source;
  switch (random(16)) {
    case 0:
      return put(lines.filter((_, i) => i !== where).join('\n'));
    case 1:
      return put(`# ${'\n'.repeat(random(3))}${cell.source}`);
    case 2:
      return put(cell.source.replace(/\d+/, () => String(random(100))));
    case 3:
      return put(cell.source.replace(/'[^'\n]*'|"[^"\n]*"/, () => `'${random(5)}'`));
    case 4:
      return put(other);
    case 5:
      return put([...lines, ...other.split('\n')].join('\n'));
    case 6:
      return put(lines.slice(0, where).join('\n'));
    case 7:
      return past[random(past.length)] ?? now;
    case 8:
      return [...now.slice(0, at), { id: `new-${random(1e9)}`, source: added, tags: [] }, ...now.slice(at)];
    case 9:
      return now.length > 1 ? now.filter((_, i) => i !== at) : now;
    case 10:
      return [...now.slice(0, at), ...now.slice(at + 1, at + 2), cell, ...now.slice(at + 2)];
    case 11:
      return now.map((c, i) => (i === at ? { ...c, tags: TAGS[random(TAGS.length)]! } : c));
    default:
      return put(random(2) === 0 ? `${added}\n${cell.source}` : `${cell.source}\n${added}`);
  }
}
