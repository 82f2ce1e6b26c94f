import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run, RunEvent } from '../runs';
import type { Opened } from './open';
import { keptMetrics, summary } from './summary';
import { PLAIN } from './terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cellway-summary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (
  final: object,
  failures: readonly object[] = [],
  metrics: Parameters<typeof summary>[4] = [],
  written: readonly string[] = []
): readonly string[] =>
  summary(
    { kind: 'run', id: 'r-1', folder, data: folder } satisfies Run,
    { path: 'n.ipynb' } as Opened,
    { n: 9, t: 0, type: 'run', ...final } as RunEvent & { type: 'run' },
    failures.map(failure => ({ n: 5, t: 0, type: 'step', ...failure }) as RunEvent & { type: 'step' }),
    metrics,
    written,
    PLAIN
  )
    .trimEnd()
    .split('\n');

test('files that the steps wrote are named, many are counted', () => {
  const names = ['a.csv', 'b.csv', 'c.csv', 'd.csv', 'e.csv', 'f.csv'];
  const lines = text({ state: 'succeeded', took: 1 }, [], [], names);
  expect(lines.find(line => line.startsWith('files'))).toBe(
    `files     ${folder}/work: a.csv, b.csv, c.csv, d.csv, e.csv and 1 more`
  );
});

test('the last value of each metric, numbers aligned, whole floats and nan as they are', () => {
  const metrics = [
    { step: 'fit', name: 'loss', value: 0.5 },
    { step: 'fit', name: 'loss', value: 0.123456789 },
    { step: 'test', name: 'n', value: 12 },
    { step: 'test', name: 'auc', value: { $float: 'nan' } }
  ];
  expect(text({ state: 'succeeded', took: 1.5 }, [], metrics)).toEqual([
    '',
    'metrics',
    '  loss  0.123457  fit',
    '  n           12  test',
    '  auc        nan  test',
    '',
    'run       r-1',
    'succeeded in 1.5 s  n.ipynb'
  ]);
});

test('a reason that the step told already is told once', () => {
  const reason = { code: 'c', message: 'It cannot. Do it.', cell: 2, line: 3, fix: 'Do it.' };
  const lines = text({ state: 'refused', took: 1, reason }, [{ step: 'a', state: 'refused', reason }]);
  expect(lines.slice(1, 3)).toEqual(['a stopped (cell 2, line 3): It cannot. [c]', '  → Do it.']);
  expect(lines.filter(line => line.includes('It cannot'))).toHaveLength(1);
});

test('a traceback without a terminal has no colours', () => {
  const error = { code: 'raised', ename: 'E', evalue: 'v', index: 4, line: 2, traceback: ['\x1b[31mE\x1b[39m: v'] };
  const lines = text({ state: 'failed', took: 1, steps: ['a'] }, [{ step: 'a', state: 'failed', error }]);
  expect(lines.slice(1, 3)).toEqual(['a, cell 4, line 2: E: v', 'E: v']);
});

test('metrics of a cached step are in its report', () => {
  writeFileSync(join(folder, 'report.json'), JSON.stringify({ metrics: [{ name: 'm', value: 1, cell: 'x' }] }));
  expect(keptMetrics('a', folder)).toEqual([{ step: 'a', name: 'm', value: 1 }]);
  expect(keptMetrics('a', join(folder, 'gone'))).toEqual([]);
});
