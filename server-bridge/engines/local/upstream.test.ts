import type { Parameter } from '@cellway/core/api';
import { Bench, build, type Draft } from './testing/pipelines';

/** What `--only` and `--from` start from: only results that running the notebook now would give too. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const rate: readonly Parameter[] = [
  { name: 'lr', type: 'float', default: 0.1, position: { cell: 1, id: 'c1', line: 1, column: 1 } }
];

const drafts: readonly Draft[] = [
  { name: 'load', code: ['x = open("in.txt").read()'], outputs: ['x'], files: { reads: ['in.txt'], writes: [] } },
  { name: 'scale', code: ['y = x * int(lr * 10)'], parameters: ['lr'], takes: ['x@load'], outputs: ['y'] },
  { name: 'show', code: ['print(y)'], takes: ['y@scale'] },
  { name: 'both', code: ['print(x, y)'], takes: ['x@load', 'y@scale'] }
];
const edited = (name: string, code: string) =>
  build(
    drafts.map(draft => (draft.name === name ? { ...draft, code: [code] } : draft)),
    rate
  );

async function whyMissing(built: ReturnType<typeof build>, only: string, lr?: number): Promise<string> {
  const made = await bench.create(built, { options: { only }, ...(lr === undefined ? {} : { parameters: { lr } }) });
  if (made.kind === 'run') throw new Error('made');
  expect(made.reason.code).toBe('upstream-missing');
  return made.reason.message;
}

test('a step alone takes what it needs from a run with the same code, parameters and files', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, rate), { parameters: { lr: 0.2 } });
  const ran = await bench.run(build(drafts, rate), {
    parameters: { lr: 0.2 },
    options: { only: 'show', cache: false }
  });
  expect(ran.printed(3)).toBe('abab\n');
  expect(ran.step('load').state).toBe('skipped');
});

test('a result made with another parameter value is missing, by name', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, rate), { parameters: { lr: 0.2 } });
  expect(await whyMissing(build(drafts, rate), 'show')).toContain('step scale (parameter lr 0.2 → 0.1)');
});

test('so is one whose own producer has changed since, though its code is the same', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, rate));
  expect(await whyMissing(edited('load', 'x = "other"'), 'show')).toMatch(
    /step scale \(input `x`: step load: cell 1 line 1 changed/
  );
});

test('so is one that a changed file went into', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, rate));
  bench.file('in.txt', 'other');
  expect(await whyMissing(build(drafts, rate), 'show')).toContain('step load: file in.txt changed');
});

test('values that are taken together were made together', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, rate));
  await bench.run(build(drafts, rate), { options: { only: 'load', cache: false } });
  const ran = await bench.run(build(drafts, rate), { options: { only: 'both' } });
  expect(ran.printed(4)).toBe('ab ab\n');
  const [load, scale] = ['load', 'scale'].map(name => ran.step(name));
  // Not the newest result of load, but the one that scale was made from.
  expect(load).toMatchObject({ folder: (scale as { folder: string }).folder.replace('/scale/', '/load/') });
});

test('a result that may not be cached is what --from starts from, and one that was removed is missing', async () => {
  bench.file('in.txt', 'ab');
  const uncached = drafts.map(draft => (draft.name === 'scale' ? { ...draft, settings: { cache: false } } : draft));
  await bench.run(build(uncached, rate));
  const ran = await bench.run(build(uncached, rate), { options: { from: 'show' } });
  expect(ran.step('scale')).toMatchObject({ from: 'earlier-run' });
});
