import { edgesOf, flowOf } from './testing/cells';

/** A class of methods that all call each other: there are more ways through it than anyone can follow. */
const tangled = (count: number): string =>
  [
    'class A:',
    ...Array.from(
      { length: count },
      (_, i) => `  def m${i}(s): s.m${(i * 7 + 1) % count}(); s.m${(i * 3 + 2) % count}(); s.v.append(w[${i}])`
    )
  ].join('\n');

test('methods that call each other are followed once, not along each path', () => {
  const flow = flowOf([
    ['d', `w = []\n${tangled(20)}`],
    ['a', 'a = A(); a.v = []'],
    ['b', 'a.m1()'],
    ['c', 'w.append(1)'],
    ['d2', 'a.m2()']
  ]);
  expect(edgesOf(flow, 'value')).toEqual(expect.arrayContaining(['a>b:a', 'b>d2:a', 'c>d2:w']));
});
