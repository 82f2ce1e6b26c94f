import { readTags } from '.';

const near = (...tags: string[]) =>
  readTags({ kind: 'code', index: 3, id: 'x', source: 'a = 1', tags, settings: null }).diagnostics.filter(
    ({ code }) => code === 'tag-near'
  );

test.each([
  ['steps:load', 'step:load'],
  ['step load', 'step:load'],
  ['Step: load', 'step:load'],
  ['step :load', 'step:load'],
  ['step=load', 'step:load'],
  ['step：加载', 'step:加载'],
  ['stpe:x', 'step:x'],
  ['setp:x', 'step:x'],
  ['Setup', 'setup'],
  ['set-up', 'setup'],
  ['SKIP', 'skip'],
  ['skpi', 'skip'],
  ['paramters', 'parameters'],
  ['parameters:', 'parameters'],
  ['metrcs', 'metrics']
])('%s is pointed out, and the fix writes %s', (tag, meant) => {
  expect(near('other', tag)).toMatchObject([
    { severity: 'warning', range: { cell: 3 }, fix: { edit: { kind: 'set-tags', tags: ['other', meant] } } }
  ]);
});

test.each([['param'], ['metric'], ['parameter'], ['step']])('%s may be another tool’s: only a remark', tag => {
  expect(near(tag)).toMatchObject([{ severity: 'info' }]);
});

test('a step without a name has no fix that one click could do', () => {
  expect(near('Step:')).toMatchObject([{ fix: { title: "Write 'step:<name>' if you meant that" } }]);
  expect(near('Step:')[0]!.fix).not.toHaveProperty('edit');
});

test.each(
  [
    'hide-input remove-cell remove-input slideshow steps raises-exception nbsphinx skip-execution skip-test no-skip',
    'step-by-step stop:here sep:x set:a steep:x stage:x import export run ski slip setup1 startup set output',
    'x:y keep_output matrix metro hide_input scroll-output thebe-init full-width margin popout active-ipynb solution',
    'prev:a step:a imports functions pipeline-parameters injected-parameters limit:cpu:1 parameters metrics'
  ].flatMap(text => text.split(' ').map(tag => [tag]))
)('%s is left alone', tag => {
  expect(near(tag)).toEqual([]);
});
