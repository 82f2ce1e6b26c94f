import fc from 'fast-check';
import {
  acceptSplit,
  addToAbove,
  badName,
  freshName,
  newStep,
  renameStep,
  setRole,
  type TagEdit,
  type TaggedCell
} from './edits';

const code = (...tags: readonly string[]): TaggedCell => ({ kind: 'code', tags });
const text = (...tags: readonly string[]): TaggedCell => ({ kind: 'markdown', tags });

const cases: readonly (readonly [string, readonly TagEdit[], readonly TagEdit[]])[] = [
  [
    'a new step starts at the first chosen code cell and takes the others in',
    newStep([text(), code('keep', 'skip'), code('step:old'), code()], [3, 2, 1, 0], 'a'),
    [
      { at: 1, tags: ['keep', 'step:a'] },
      { at: 2, tags: [] }
    ]
  ],
  [
    'adding to the step above takes the own tag away',
    addToAbove([code('step:a'), code('step:b', 'x')], [1]),
    [{ at: 1, tags: ['x'] }]
  ],
  [
    'a role replaces another',
    setRole([code('step:a'), code('setup')], [0, 1], 'metrics'),
    [
      { at: 0, tags: ['metrics'] },
      { at: 1, tags: ['metrics'] }
    ]
  ],
  [
    'a role that all have is taken away',
    setRole([code('skip', 'x'), code('skip')], [0, 1], 'skip'),
    [
      { at: 0, tags: ['x'] },
      { at: 1, tags: [] }
    ]
  ],
  [
    'a rename reaches each place of the step',
    renameStep([code('step:a'), code('step:b'), code('step: a')], 'a', 'c'),
    [
      { at: 0, tags: ['step:c'] },
      { at: 2, tags: ['step:c'] }
    ]
  ],
  [
    'a split is accepted by tags on first cells',
    acceptSplit([code(), code('x')], [{ at: 1, name: 'load' }]),
    [{ at: 1, tags: ['x', 'step:load'] }]
  ],
  ['text cells are never tagged', setRole([text()], [0], 'setup'), []],
  ['nothing to do is no edit', addToAbove([code('x')], [0]), []]
];

test.each(cases)('%s', (_, edits, wanted) => expect(edits).toEqual(wanted));

test('a fresh name is nobody’s', () => {
  expect(freshName([])).toBe('step-1');
  expect(freshName([code('step:step-2'), code('step:x'), code('step:step-3')])).toBe('step-4');
});

test('names that cannot be are told apart', () => {
  expect(['a', '数据', '  ', 'a\u0001', 'x'.repeat(101)].map(badName)).toEqual([
    null,
    null,
    'empty',
    'control',
    'long'
  ]);
});

test("no action touches others' tags", () => {
  const tag = fc.constantFrom('step:a', 'step:b', 'setup', 'skip', 'hide-input', 'raises-exception', 'x');
  const cells = fc.array(fc.record({ kind: fc.constantFrom('code', 'markdown'), tags: fc.uniqueArray(tag) }), {
    maxLength: 8
  });
  const foreign = (tags: readonly string[]) =>
    tags.filter(one => ['hide-input', 'raises-exception', 'x'].includes(one));
  fc.assert(
    fc.property(cells, fc.array(fc.nat(7)), (all, chosen) => {
      const edits = [...newStep(all, chosen, 'n'), ...addToAbove(all, chosen), ...setRole(all, chosen, 'setup')];
      for (const { at, tags } of edits) expect(foreign(tags)).toEqual(foreign(all[at]!.tags));
    })
  );
});
