import { accepts } from './accept';
import { rangeOf } from './bytes';

test.each([
  ['bytes=0-3', { from: 0, to: 4 }],
  ['bytes=5-', { from: 5, to: 10 }],
  ['bytes=-3', { from: 7, to: 10 }],
  ['bytes=-99', { from: 0, to: 10 }],
  ['bytes=8-99', { from: 8, to: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=3-1', null],
  ['bytes=0-1,4-5', null],
  ['lines=0-1', null],
  ['bytes=-', null],
  [undefined, null]
])('of 10 bytes %s means %j', (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range);
});

test.each([
  [undefined, true],
  ['*/*', true],
  ['application/*;q=0.5', true],
  ['text/html, application/json;q=0.1', true],
  ['text/html', false],
  ['application/json;q=0, */*', false],
  ['*/*;q=0', false]
])('who accepts %s takes JSON: %s', (header, taken) => {
  expect(accepts(header, ['application/json'])).toBe(taken);
});
