import type { Parameter } from '@cellway/core/api';
import { forecastRun } from '../../runs/forecast';
import { isStore, openStore } from '../../store';
import type { RunRequest } from '../../runs';
import type { Outlook } from './forecast';
import { Bench, type Built, build, type Draft, type Ran } from './testing/pipelines';

/** What is told before a run is what the run then does. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const parameters: readonly Parameter[] = [
  { name: 'lr', type: 'float', default: 0.1, position: { cell: 9, id: 'c9', line: 1, column: 1 } }
];
const drafts: readonly Draft[] = [
  { name: 'load', code: ['x = open("in.txt").read()'], outputs: ['x'], files: { reads: ['in.txt'], writes: [] } },
  { name: 'clean', code: ['y = x * 2'], takes: ['x@load'], outputs: ['y'] },
  { name: 'fit', code: ['z = len(y)\nprint(z)'], takes: ['y@clean'] },
  { name: 'tune', code: ['w = lr'], parameters: ['lr'] },
  {
    name: 'save',
    code: ['open("out.txt", "w").write(y)'],
    takes: ['y@clean'],
    files: { reads: [], writes: ['out.txt'] }
  },
  { name: 'read', code: ['print(open("out.txt").read())'], needs: ['save'], files: { reads: ['out.txt'], writes: [] } }
];
const withCode = (code: Readonly<Record<string, string>>): Built =>
  build(
    drafts.map(draft => ({ ...draft, code: [code[draft.name] ?? draft.code[0]!] })),
    parameters
  );

async function foreseen(built: Built, more: Partial<RunRequest>): Promise<ReadonlyMap<string, Outlook>> {
  const store = openStore(bench.data);
  if (!isStore(store)) throw new Error(store.reason.message);
  const found = await forecastRun(bench.request(built, more), store);
  store.close();
  if (found.kind === 'refused') throw new Error(found.reason.message);
  return new Map(found.nodes.map(({ node, outlook }) => [node.name, outlook]));
}

/** What is told of a step, short. */
function told(outlook: Outlook): string {
  switch (outlook.kind) {
    case 'cached':
    case 'skipped':
      return outlook.kind;
    case 'taken':
      return `taken: ${outlook.from}`;
    case 'runs':
      return ['runs', outlook.answer?.why.join('; '), outlook.waits.length > 0 ? `after ${outlook.waits}` : null]
        .filter(part => part != null)
        .join(': ');
    case 'depends':
      return `depends on ${outlook.waits}`;
  }
}

/** The same of what the step did; null of what was left open. */
function did(ran: Ran, step: string, outlook: Outlook): string | null {
  if (outlook.kind === 'depends') return null;
  const event = ran.step(step);
  if (event.state !== 'succeeded') return event.state;
  if (event.from === 'cache' && outlook.kind !== 'taken') return 'cached';
  if (event.from !== 'run') return `taken: ${event.from}`;
  const waits = 'waits' in outlook && outlook.waits.length > 0 ? `: after ${outlook.waits}` : '';
  // What its producers left anew is a reason too, then.
  const why = waits === '' ? ran.why(step) : ran.why(step).replace(/; input .*/, '');
  return `runs${why === '' ? '' : `: ${why}`}${waits}`;
}

const all = (text: string) => Object.fromEntries(drafts.map(draft => [draft.name, text]));

test.each<[string, Readonly<Record<string, string>>, Partial<RunRequest>, Readonly<Record<string, string>>]>([
  ['nothing changed', {}, {}, all('cached')],
  [
    'the first step changed',
    { load: 'x = open("in.txt").read() + "!"' },
    {},
    {
      load: 'runs: cell 1 line 1 changed',
      clean: 'depends on load',
      fit: 'depends on load',
      tune: 'cached',
      save: 'depends on load',
      read: 'depends on load'
    }
  ],
  [
    'a step changed, and one behind it',
    { clean: 'y = x * 3', fit: 'z = len(y)\nprint(z + 1)' },
    {},
    {
      load: 'cached',
      clean: 'runs: cell 2 line 1 changed',
      fit: 'runs: cell 3 line 2 changed: after clean',
      tune: 'cached',
      save: 'depends on clean',
      read: 'depends on clean'
    }
  ],
  ['a parameter', {}, { parameters: { lr: 0.5 } }, { ...all('cached'), tune: 'runs: parameter lr 0.1 → 0.5' }],
  [
    'a step alone',
    {},
    { options: { only: 'fit' } },
    {
      load: 'skipped',
      clean: 'taken: cache',
      fit: 'cached',
      tune: 'skipped',
      save: 'skipped',
      read: 'skipped'
    }
  ],
  [
    'from a step on, without the cache',
    {},
    { options: { from: 'save', cache: false } },
    {
      load: 'skipped',
      clean: 'taken: cache',
      fit: 'skipped',
      tune: 'skipped',
      save: 'runs',
      read: 'runs: after save'
    }
  ]
])('%s', async (_what, code, more, expected) => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, parameters));
  const built = withCode(code);
  const outlooks = await foreseen(built, more);
  expect(Object.fromEntries([...outlooks].map(([name, outlook]) => [name, told(outlook)]))).toEqual(expected);

  const ran = await bench.run(built, more);
  expect(ran.end.state).toBe('succeeded');
  for (const [name, outlook] of outlooks) {
    const done = did(ran, name, outlook);
    if (done !== null) expect([name, done]).toEqual([name, told(outlook)]);
  }
});

test('a file that changed, and what is not cached, are told; nothing is made', async () => {
  bench.file('in.txt', 'ab');
  await bench.run(build(drafts, parameters));
  bench.file('in.txt', 'other');
  const uncached = build(
    drafts.map(draft => (draft.name === 'tune' ? { ...draft, uncacheable: ['clock'] } : draft)),
    parameters
  );
  const outlooks = await foreseen(uncached, {});
  expect(told(outlooks.get('load')!)).toBe('runs: file in.txt changed');
  expect(told(outlooks.get('tune')!)).toBe('runs: not cached: it reads the clock');
  expect(bench.runs()).toHaveLength(1);
});

test('before the first run all is told to run, each after what it needs', async () => {
  bench.file('in.txt', 'ab');
  const outlooks = await foreseen(build(drafts, parameters), {});
  expect([...outlooks.values()].map(told)).toEqual([
    'runs: first run',
    'runs: first run: after load',
    'runs: first run: after clean',
    'runs: first run',
    'runs: first run: after clean',
    'runs: first run: after save'
  ]);
});

test('what a run would be refused for is refused, with the values that are missing', async () => {
  bench.file('in.txt', 'ab');
  const store = openStore(bench.data);
  if (!isStore(store)) throw new Error(store.reason.message);
  const request = bench.request(build(drafts, parameters), { options: { only: 'fit' } });
  const found = await forecastRun(request, store);
  store.close();
  const refused = await bench.create(build(drafts, parameters), { options: { only: 'fit' } });
  expect(found).toEqual(refused);
  expect(found).toMatchObject({
    reason: { code: 'upstream-missing' },
    missing: [{ step: 'clean', names: ['y'], why: ['it never ran to its end'] }]
  });
});
