import { readTags } from '.';

const read = (...tags: string[]) =>
  readTags({ kind: 'code', index: 3, id: 'x', source: 'a = 1', tags, settings: null });

test.each([
  [['step:train'], { kind: 'step', name: 'train' }],
  [[' step: 数据 🚀 '], { kind: 'step', name: '数据 🚀' }],
  [['block:old'], { kind: 'step', name: 'old' }],
  [['block:'], { kind: 'none' }],
  [['imports'], { kind: 'setup' }],
  [['functions'], { kind: 'setup' }],
  [['setup'], { kind: 'setup' }],
  [['setup', 'parameters'], { kind: 'parameters' }],
  [['pipeline-parameters'], { kind: 'parameters' }],
  [['injected-parameters'], { kind: 'parameters' }],
  [['skip'], { kind: 'skip' }],
  [['hide-input', 'step-by-step', 'x:y'], { kind: 'none' }],
  [['step:../../etc'], { kind: 'step', name: '../../etc' }]
])('%j', (tags, role) => {
  expect(read(...tags)).toMatchObject({ role, diagnostics: [] });
});

test.each([
  [['step:a', 'step:b'], ['step:a']],
  [['skip', 'step:a'], ['skip']],
  [
    ['setup', 'step:a', 'other'],
    ['step:a', 'other']
  ],
  [['parameters', 'step:a'], ['step:a']],
  [['setup', 'metrics'], ['setup']]
])('%j contradict each other, and the fix keeps one', (tags, kept) => {
  expect(read(...tags).diagnostics).toMatchObject([
    { code: 'tags-conflict', severity: 'error', range: { cell: 3 }, fix: { edit: { kind: 'set-tags', tags: kept } } }
  ]);
});

test.each([['step:'], ['step:  '], ['step:a\nb'], ['step:(setup)'], ['step:(setup 2)']])('%j is no name', tag => {
  expect(read(tag)).toMatchObject({ role: { kind: 'none' }, diagnostics: [{ code: 'step-name', severity: 'error' }] });
});

test("Kale's settings become ours where we have the field", () => {
  const tags = [
    'step:t',
    'prev:a',
    'limit:nvidia.com/gpu:2',
    'limit:memory:2Gi',
    'limit:cpu:500m',
    'image:reg.io/x:1',
    'cache:disabled',
    'secret:s:k:TOKEN',
    'secret:s:l:OTHER'
  ];
  expect(read(...tags)).toMatchObject({
    after: ['a'],
    settings: {
      gpu: 2,
      memory: 2 * 2 ** 30,
      cpu: 0.5,
      image: 'reg.io/x:1',
      cache: false,
      secrets: [
        { secret: 's', key: 'k', env: 'TOKEN' },
        { secret: 's', key: 'l', env: 'OTHER' }
      ]
    },
    diagnostics: []
  });
  expect(read('step:t', 'annotation:a:b', 'limit:memory:lots').diagnostics.map(({ code }) => code)).toEqual([
    'kale-setting-ignored',
    'setting-type'
  ]);
});
