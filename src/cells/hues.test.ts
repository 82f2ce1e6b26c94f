import { HUES, Hues } from './hues';

test('a step keeps its hue when others come and go, and when it is renamed', () => {
  const hues = new Hues();
  const before = hues.assign(['a', 'b', 'c']).get('c');
  expect(hues.assign(['new', 'b', 'c']).get('c')).toBe(before);
  hues.rename('c', 'd');
  expect(hues.assign(['new', 'b', 'd']).get('d')).toBe(before);
});

test('ten steps have ten hues; more share them evenly', () => {
  const names = Array.from({ length: 2 * HUES }, (_, at) => `s${at}`);
  const hues = [...new Hues().assign(names).values()];
  expect(new Set(hues.slice(0, HUES)).size).toBe(HUES);
  for (let hue = 0; hue < HUES; hue++) expect(hues.filter(one => one === hue)).toHaveLength(2);
});
