import type { StepState } from '../runs';
import { chosen, counts, rowsOf } from './block';

const done: StepState = { kind: 'succeeded', attempt: 1, took: 1, outputs: [], from: 'run', folder: '' };
const running: StepState = { kind: 'running', attempt: 1, since: 0 };
const failed: StepState = {
  kind: 'failed',
  attempt: 1,
  took: 1,
  error: { code: 'raised', ename: 'E', evalue: '', traceback: [] }
};
const waiting: StepState = { kind: 'waiting', for: [] };

test('all steps are shown where they fit', () => {
  expect(chosen([done, running, null], 3)).toEqual([0, 1, 2]);
});

test('of more steps those that run or failed, then their neighbours in time, in order, and a line is left', () => {
  const states = [failed, done, done, done, running, waiting, waiting, null];
  expect(chosen(states, 3)).toEqual([0, 4]);
  expect(chosen(states, 5)).toEqual([0, 3, 4, 5]);
  expect(chosen(states, 6)).toEqual([0, 2, 3, 4, 5]);
});

test('never more lines than there is room for, whatever runs', () => {
  expect(chosen(Array(50).fill(running), 10)).toHaveLength(9);
});

test('what is not shown is counted', () => {
  expect(counts([done, failed, running, waiting, null])).toBe('1 of 5 steps done, 1 running, 1 failed');
});

test('lines that a narrower terminal has broken take several rows', () => {
  expect(rowsOf([10, 0, 41, 40], 20)).toBe(1 + 1 + 3 + 2);
});
