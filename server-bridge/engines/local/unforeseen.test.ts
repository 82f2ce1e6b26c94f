import { Bench, build, type Draft, type Ran } from './testing/pipelines';

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

test('two steps that draw beside each other', async () => {
  const draw = 'import random, time\ntime.sleep(0.4)\nv = getattr(random, "ran" + "dom")()';
  const ran = await bench.run(
    build([
      { name: 'a', code: [draw] },
      { name: 'b', code: [draw] }
    ]),
    side
  );
  expect(reasonOf(ran)).toMatchObject({ code: 'ambient-unseen', step: 'a', cell: 1, name: 'random' });
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
