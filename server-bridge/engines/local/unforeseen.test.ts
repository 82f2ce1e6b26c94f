import type { Report } from './report';
import { Bench, build, type Draft, type Ran } from './testing/pipelines';
import { supply } from './unforeseen';

/** With real processes side by side: what the plan did not foresee stops the run by cell and name, and nothing else does. */
let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});
afterEach(() => bench.close());

const side = { options: { parallel: 2 } };
const reasonOf = (ran: Ran) => (ran.end.state === 'refused' ? ran.end.reason : ran.end.state);

test('an option changed while a later step runs', async () => {
  const change = 'import pandas as pd, time\ntime.sleep(1)\npd.set_option("display." + "max_rows", 7)';
  const use = 'import pandas as pd, time\ntime.sleep(0.3)\nprint(pd.get_option("display.max_rows"))';
  const ran = await bench.run(
    build([
      { name: 'a', code: [change] },
      { name: 'b', code: [use] }
    ]),
    side
  );
  expect(reasonOf(ran)).toMatchObject({
    code: 'ambient-unseen',
    step: 'a',
    cell: 1,
    name: 'pandas.options',
    fix: expect.any(String)
  });
});

const drawing = 'import random, time\ntime.sleep(0.4)\nv = getattr(random, "ran" + "dom")()';
const seeding = 'import random\ngetattr(random, "se" + "ed")(1)';

test('two steps that draw beside each other from a generator that was seeded before', async () => {
  const ran = await bench.run(
    build([
      { name: 's', code: [seeding] },
      { name: 'a', code: [drawing], needs: ['s'] },
      { name: 'b', code: [drawing], needs: ['s'] }
    ]),
    side
  );
  expect(reasonOf(ran)).toMatchObject({ code: 'ambient-unseen', step: 'a', cell: 2, name: 'random' });
});

test('two steps that draw beside each other from a generator that nobody seeded', async () => {
  const ran = await bench.run(
    build([
      { name: 'a', code: [drawing] },
      { name: 'b', code: [drawing] },
      { name: 'c', code: [drawing], needs: ['a', 'b'] }
    ]),
    side
  );
  expect(reasonOf(ran)).toBe('succeeded');
  expect(ran.events.filter(event => event.type === 'plan-changed')).toEqual([]);
});

test('an unforeseen change of a generator is told once, to the first step that uses it', async () => {
  const ran = await bench.run(
    build([
      { name: 's', code: [seeding] },
      { name: 'a', code: ['1'], needs: ['s'] },
      { name: 'b', code: [drawing], needs: ['a'] },
      { name: 'c', code: ['1'], needs: ['b'] }
    ])
  );
  expect(ran.events.filter(event => event.type === 'plan-changed')).toMatchObject([{ from: 's', to: 'b' }]);
});

test('a step that asks again for a name that it was given ends with a reason', async () => {
  const source = 'held = [cfg]';
  const ran = await bench.run(
    build([
      { name: 'a', code: ['cfg = 1'], outputs: ['cfg'] },
      {
        name: 'b',
        code: ['print(held)'],
        needs: ['a'],
        replay: [{ cell: { index: 1, id: 'c1' }, line: 1, source, names: ['held'] }]
      }
    ])
  );
  expect(ran.step('b')).toMatchObject({ state: 'failed', attempt: 2, error: { ename: 'NameError' } });
  expect(ran.events.findLast(event => event.type === 'note')).toMatchObject({
    step: 'b',
    message: expect.stringContaining('cfg was given')
  });
});

const shared: Draft = { name: 'a', code: ['x = [1]'], outputs: ['x'] };

test('an input that a step changes while a later one uses it as it was', async () => {
  const ran = await bench.run(
    build([
      shared,
      { name: 'b', code: ['import time\ntime.sleep(0.5)\ngetattr(x, "app" + "end")(2)'], takes: ['x@a'] },
      { name: 'c', code: ['print(x)'], takes: ['x@a'] }
    ]),
    side
  );
  expect(reasonOf(ran)).toMatchObject({ code: 'input-changed', step: 'b', cell: 2, name: 'x' });
});

test('the state of a class that a later step makes anew', async () => {
  const source = 'class Counter:\n    n = 0';
  const replay = [{ cell: { index: 1, id: 'c1' }, line: 1, source, names: ['Counter'] }];
  const ran = await bench.run(
    build([
      { name: 'a', code: [source] },
      { name: 'b', code: ['setattr(Counter, "n", 5)'], replay },
      { name: 'c', code: ['print(Counter.n)'], replay, needs: ['b'] }
    ])
  );
  expect(reasonOf(ran)).toMatchObject({ code: 'definition-changed', step: 'b', cell: 2, name: 'Counter' });
});

test('steps that read one file, seed their own generator and change their own copy run to the end', async () => {
  bench.file('in.txt', 'x');
  const code = [
    'import random, time',
    'random.seed(1)',
    'time.sleep(0.3)',
    'print(open("in.txt").read(), random.random())',
    'y = list(x)',
    'y.append(3)'
  ].join('\n');
  const own = { code: [code], takes: ['x@a'], sets: ['random'], files: { reads: ['in.txt'], writes: [] } };
  const ran = await bench.run(build([shared, { name: 'b', ...own }, { name: 'c', ...own }]), side);
  expect(reasonOf(ran)).toBe('succeeded');
  expect(ran.printed(2)).toBe(ran.printed(3));
});

test('what nobody could watch is said once, at the end', async () => {
  const ran = await bench.run(
    build([
      { name: 'a', code: ['!true'] },
      { name: 'b', code: ['!true'], needs: ['a'] }
    ])
  );
  const notes = ran.events.filter(event => event.type === 'note');
  expect(notes).toEqual([expect.objectContaining({ message: expect.stringContaining('steps a, b') })]);
});

test('a name that a step has is not looked for again, whatever the step says', () => {
  const { steps } = build([{ name: 'b', code: ['cfg'] }]).pipeline;
  const node = steps[0]!;
  const facts = { node, place: 1, started: 1, finished: null, report: null, loads: new Map() };
  const knowledge = { seen: new Map([['b', { ...facts, sources: new Map([['cfg', 'a']]) }]]), rebind: () => undefined };
  const report = { needs: [{ name: 'cfg', index: 1, line: 1 }] } as unknown as Report;
  expect(supply(knowledge, node, report, () => 'cfg')).toMatchObject({
    kind: 'refuse',
    reason: { code: 'read-unseen', step: 'b', cell: 1, line: 1, name: 'cfg' }
  });
});

test('an output that another step displayed cannot be updated', async () => {
  const show = 'from IPython.display import display\ndisplay("one", display_id="x")';
  const update = 'from IPython.display import update_display\nupdate_display("two", display_id="x")';
  const apart = await bench.run(
    build([
      { name: 'a', code: [show] },
      { name: 'b', code: ['1', update], needs: ['a'] }
    ])
  );
  expect(reasonOf(apart)).toMatchObject({ code: 'display-elsewhere', step: 'b', cell: 3, name: 'x' });
  const together = await bench.run(build([{ name: 'a', code: [show, update] }]));
  expect(reasonOf(together)).toBe('succeeded');
});

test('what a local module holds goes on to the next step, and stops one that ran beside', async () => {
  bench.file('mine.py', 'n = 0\ndef bump():\n    global n\n    n += 1\n    return n');
  const after: Draft[] = [
    { name: 'a', code: ['import mine\nmine.bump()'], imports: ['mine'] },
    { name: 'b', code: ['import mine\nprint(mine.bump())'], imports: ['mine'], needs: ['a'] }
  ];
  const carried = await bench.run(build(after));
  expect(carried.end.state).toBe('succeeded');
  expect(carried.printed(2)).toBe('2\n');
  const beside = await bench.run(
    build([
      { name: 'a', code: ['import mine, time\ntime.sleep(0.5)\nmine.bump()'], imports: ['mine'] },
      { name: 'b', code: ['import mine\nprint(mine.bump())'], imports: ['mine'] },
      { name: 'c', code: ['print(1)'] }
    ]),
    side
  );
  expect(reasonOf(beside)).toMatchObject({ code: 'ambient-unseen', step: 'a', name: 'module:mine' });
});

test('a figure left open stops only a step that looks for one', async () => {
  const open = 'import matplotlib\nmatplotlib.use("agg")\nimport matplotlib.pyplot as plt\nplt.plot([1])';
  const own = 'import matplotlib\nmatplotlib.use("agg")\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()';
  const ends = async (code: string) =>
    reasonOf(
      await bench.run(
        build([
          { name: 'a', code: [open] },
          { name: 'b', code: [code], needs: ['a'] }
        ])
      )
    );
  expect(await ends(own)).toBe('succeeded');
  expect(await ends('import matplotlib.pyplot as plt\nplt.plot([2])')).toMatchObject({
    code: 'ambient-lost',
    step: 'a',
    name: 'matplotlib.figures'
  });
});
