import { readArguments } from './arguments';
import { diagnosticLine } from './diagnostic-line';
import { duration, lastLine, stepLine } from './progress';
import { columns, fit, PLAIN } from './terminal';

test('a wrong option is told with the likely one', () => {
  expect(() => readArguments('run', ['a.ipynb', '--no-cach'], ['no-cache'], 'notebook')).toThrow(
    expect.objectContaining({ code: 2, fix: 'Did you mean --no-cache?' })
  );
});

test('a parameter keeps what follows its first equals sign', () => {
  expect(readArguments('run', ['a', '-p', 'q=x=y', '-p', 'e='], ['parameter'], 'notebook').pairs).toEqual([
    ['q', 'x=y'],
    ['e', '']
  ]);
});

test('a diagnostic is one line', () => {
  const range = { cell: 3, id: 'x', line: 2, column: 5, endLine: 2, endColumn: 6 };
  expect(
    diagnosticLine('n.ipynb', { code: 'c', severity: 'error', message: 'a\nb', range, fix: { title: 'do' } })
  ).toBe('n.ipynb:3:2:5 error c a b (do)');
});

test('long names are cut in the middle to the columns they have', () => {
  expect(fit('abcdefghij', 5)).toBe('ab…ij');
  expect(columns(fit('数据数据数据', 6))).toBeLessThanOrEqual(6);
});

test.each([
  [0.0123, '12 ms'],
  [3.44, '3.4 s'],
  [125, '2 min 05 s'],
  [3720, '1 h 02 min']
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('a progress bar shows its last state', () => {
  expect(lastLine('start\n 10%\r 50%\r\x1b[32m100%\x1b[0m\n')).toBe('100%');
});

test('a step is one line with sign, name and duration', () => {
  const state = { kind: 'succeeded', attempt: 1, took: 1.25, outputs: [], from: 'run', folder: '' } as const;
  expect(stepLine({ name: 'train', state, said: 'done' }, 8, 0, PLAIN, 80)).toBe(
    '✓ train     done          1.3 s  done'
  );
});
