import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readNotebook } from '../notebook';
import { pipeline } from './derive';

/** `#…` rows are Markdown, the others code; what each step is called and which code cells it has. */
function proposed(rows: readonly string[]): Readonly<Record<string, readonly number[]>> {
  const cells = rows.map(source => ({
    cell_type: source.startsWith('#') ? 'markdown' : 'code',
    source,
    metadata: {}
  }));
  return stepsOf({ nbformat: 4, metadata: {}, cells });
}

function stepsOf(notebook: unknown): Readonly<Record<string, readonly number[]>> {
  const reading = readNotebook(notebook);
  if (!reading.ok) {
    throw new Error(reading.problems[0]!.message);
  }
  const { setup, steps, notebook: about } = pipeline(reading.notebook, { name: 'n' });
  expect(about.split).toBe('proposed');
  return Object.fromEntries([...setup, ...steps].map(step => [step.name, step.cells.map(cell => cell.index)]));
}

test('the penguins are split at their headings, constants are setup', () => {
  const path = join(__dirname, '..', '..', 'examples', '03-penguins.ipynb');
  expect(stepsOf(readFileSync(path, 'utf8'))).toEqual({
    '(setup)': [1, 2],
    'reading-and-tidying': [3, 4, 5, 6, 7, 8],
    'who-lives-where': [9, 10],
    'body-shape': [11, 12],
    'simpsons-paradox-beak': [13, 14],
    'males-and-females': [15, 16, 17, 18],
    'diet-from-stable-isotopes': [19, 20],
    'when-do-they-lay': [21, 22],
    'can-two-measurements-tell': [23, 24, 25],
    'what-to-remember': [26]
  });
});

test('imports, definitions, settings and constants, computed ones too, are setup', () => {
  const rows = [
    'import seaborn as sns\nsns.set_theme()',
    'COLORS = dict(zip("ab", sns.color_palette(2)))',
    'def f(x):\n    return x',
    'DATA = pd.read_csv("a.csv")',
    'print(f(DATA))'
  ];
  expect(proposed(rows)['(setup)']).toEqual([1, 2, 3]);
});

test('without headings the work and its variable name the steps', () => {
  const rows = [
    'import pandas as pd',
    'sales = pd.read_csv("sales.csv")',
    'sales = sales.dropna()',
    'costs = pd.read_csv("costs.csv")',
    'costs = costs.dropna()',
    'model = LinearRegression().fit(sales, costs)'
  ];
  expect(Object.keys(proposed(rows))).toEqual(['(setup)', 'load-sales', 'load-costs', 'train-model']);
});

test('cells under one heading stay together though nothing flows between them', () => {
  const rows = ['# Data', 'a = load()', '# Looks', 'plot(a)', 'a.describe()', '# End', 'print(a)'];
  expect(proposed(rows)).toEqual({ data: [1], looks: [2, 3], end: [4] });
});

test.each([
  ['# 1.2 Step: *Fit* the [model](http://x)', 'step-fit-the-model'],
  ['## Zusammenfassung & Ausblick über alles, was noch kommt', 'zusammenfassung-ausblick-über-alles'],
  ['# 数据 清洗', '数据-清洗'],
  ["# Don't panic", 'dont-panic'],
  ['# 🎉', 'load-a']
])('the heading %s names the step %s', (heading, name) => {
  expect(Object.keys(proposed([heading, 'a = load()']))).toEqual([name]);
});

test('a long notebook gets at most ten steps, two headings of one name two names', () => {
  const rows = Array.from({ length: 60 }, (_, at) => [
    `# Part ${at % 2 === 0 ? 'x' : 'y'}`,
    `v${at} = load(${at})`
  ]).flat();
  const names = Object.keys(proposed(rows));
  expect(names.length).toBeLessThanOrEqual(10);
  expect(new Set(names).size).toBe(names.length);
});

test('a notebook of definitions alone still has a step', () => {
  expect(proposed(['import os', 'def f(): pass'])).toEqual({ '(setup)': [1], main: [2] });
});
