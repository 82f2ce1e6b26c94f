import fc from 'fast-check';
import { edgeKey, layout, SIZES } from './layout';

const dag = fc.nat(30).chain(n =>
  fc.record({
    names: fc.constant(Array.from({ length: n }, (_, at) => `s${at}`)),
    pairs: fc.uniqueArray(fc.tuple(fc.nat(Math.max(0, n - 1)), fc.nat(Math.max(0, n - 1))), { maxLength: 60 })
  })
);

test('nodes never overlap, edges lead down, all is within the picture', () => {
  fc.assert(
    fc.property(dag, ({ names, pairs }) => {
      const edges = pairs
        .filter(([a, b]) => a < b && b < names.length)
        .map(([a, b]) => ({ from: names[a]!, to: names[b]! }));
      const { nodes, width, height } = layout(names, edges);
      const at = new Map(nodes.map(node => [node.name, node]));
      for (const { from, to } of edges) expect(at.get(from)!.y + SIZES.height).toBeLessThan(at.get(to)!.y + 1);
      for (const a of nodes) {
        expect(a.x).toBeGreaterThanOrEqual(-0.001);
        expect(a.x + SIZES.width).toBeLessThanOrEqual(width + 0.001);
        expect(a.y + SIZES.height).toBeLessThanOrEqual(height);
        for (const b of nodes)
          if (a.name < b.name && a.y === b.y) expect(Math.abs(a.x - b.x)).toBeGreaterThanOrEqual(SIZES.width - 0.001);
      }
    })
  );
});

test('a long edge goes around the nodes between its ends', () => {
  const { nodes, bends } = layout(
    ['a', 'b', 'c'],
    [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'a', to: 'c' }
    ]
  );
  const [bend] = bends.get(edgeKey('a', 'c'))!;
  const b = nodes[1]!;
  expect(bend!.x < b.x || bend!.x > b.x + SIZES.width).toBe(true);
});

test('a cycle or an edge to nowhere breaks nothing', () => {
  const { nodes } = layout(
    ['a', 'b'],
    [
      { from: 'b', to: 'a' },
      { from: 'a', to: 'b' },
      { from: 'a', to: 'gone' },
      { from: 'a', to: 'a' }
    ]
  );
  expect(nodes.every(node => Number.isFinite(node.x) && Number.isFinite(node.y))).toBe(true);
});
