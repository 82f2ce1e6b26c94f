import { isDeeper } from './json-body';

test.each([
  ['[[1],[2]]', 2, false],
  ['[[1],[2]]', 1, true],
  ['{"a":"[[[[","b":"\\\\\\"{{{"}', 1, false],
  ['{"a":"\\\\","b":[[1]]}', 2, true],
  ['"[[[', 1, false]
])('brackets of %s nest deeper than %i: %s; those in strings do not count', (text, most, deeper) => {
  expect(isDeeper(text, most)).toBe(deeper);
});
