import fc from 'fast-check';
import { labelOf } from '.';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

test.each(['train', 'load-data', 'a1'])('a short label is its own id: %s', name => {
  expect(labelOf(name)).toBe(name);
});

test.each([
  'Daten laden',
  '数据',
  '🚀',
  '../../etc/passwd',
  '',
  'a'.repeat(300),
  '-x-',
  'Train',
  'train-0123456789',
  '__proto__'
])('any other name gets a DNS label: %j', name => {
  expect(labelOf(name)).toMatch(LABEL);
  expect(labelOf(name)).not.toBe(name);
});

test('different names have different ids', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.stringMatching(/^[a-zA-Z -]{1,6}$/),
    fc.string().map(labelOf)
  );
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(labelOf(a)).toMatch(LABEL);
      expect(a === b).toBe(labelOf(a) === labelOf(b));
    }),
    { numRuns: 1000 }
  );
});
