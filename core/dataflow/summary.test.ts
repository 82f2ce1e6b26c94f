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

test('containers that hold all of each other are gone through once a call, not along every path', () => {
  const all = Array.from({ length: 150 }, (_, i) => i);
  const level = (to: string, of: string) => all.map(i => `${to}${i} = [${all.map(j => `${of}${j}`).join(', ')}]`);
  const made = [
    'import lib',
    ...all.map(i => `a${i} = [lambda: 1]`),
    ...level('b', 'a'),
    ...level('c', 'b'),
    `top = [${all.map(j => `c${j}`).join(', ')}]`
  ].join('\n');
  const uses = all.map((i): [string, string] => [`u${i}`, 'lib.use(top)']);
  expect(edgesOf(flowOf([['m', made], ...uses]), 'value')).toContain('m>u0:top');
});
