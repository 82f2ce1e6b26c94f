import type { Run, RunEvent, RunEventBody } from '../runs';
import { Screen } from './screen';
import { columns, PLAIN } from './terminal';

const RUN: Run = { kind: 'run', id: 'r-1', folder: '/nowhere', data: '/nowhere' };
const STEPS = ['a', 'b'].map(name => ({ name, id: name }));

class Paper {
  text = '';
  constructor(
    readonly isTTY: boolean,
    readonly rows = 24,
    readonly columns = 60
  ) {}
  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

const BODIES: readonly RunEventBody[] = [
  { type: 'run', state: 'created' },
  { type: 'run', state: 'started', pid: 1 },
  { type: 'step', step: 'a', state: 'running', attempt: 1, how: 'fork' },
  { type: 'step', step: 'a', state: 'succeeded', attempt: 1, took: 2, outputs: [], from: 'run', folder: '/nowhere' },
  { type: 'step', step: 'b', state: 'skipped', because: 'not selected' }
];

function show(paper: Paper, bodies = BODIES): Screen {
  const screen = new Screen(RUN, STEPS, paper, PLAIN, () => 10, {});
  bodies.forEach((body, at) => {
    screen.take({ n: at + 1, t: 10, ...body } as RunEvent);
  });
  return screen;
}

test('without a terminal each change is a line and nothing is redrawn', () => {
  const paper = new Paper(false);
  show(paper).end();
  expect(paper.text).toBe('◐ a     running\n✓ a     done          2.0 s\n○ b     not chosen\n');
});

test('in a terminal the steps are drawn once at the end and stay', () => {
  const paper = new Paper(true);
  show(paper).end();
  expect(paper.text).toBe('✓ a     done          2.0 s\n○ b     not chosen\n');
});

test('a line of the command itself goes above the drawing', () => {
  const paper = new Paper(true);
  const screen = show(paper);
  expect(screen.say('Cancelling')).toBe(true);
  screen.end();
  expect(paper.text.split('\n')[0]).toBe('Cancelling');
  expect(show(new Paper(false)).say('Cancelling')).toBe(false);
});

test('more steps than a terminal has rows: a block of those that matter, all of them at the end', async () => {
  const paper = new Paper(true, 6);
  const steps = Array.from({ length: 20 }, (_, at) => ({ name: `s${at}`, id: `s${at}` }));
  const screen = new Screen(RUN, steps, paper, PLAIN, () => 10, {});
  screen.take({ n: 1, t: 10, type: 'run', state: 'created' });
  screen.take({ n: 2, t: 10, type: 'run', state: 'started', pid: 1 });
  screen.take({ n: 3, t: 10, type: 'step', step: 's9', state: 'running', attempt: 1, how: 'fork' });
  while (paper.text === '') await new Promise(resolve => setTimeout(resolve, 10));
  const block = paper.text.trimEnd().split('\n');
  expect(block).toHaveLength(4);
  expect(block.some(line => line.startsWith('◐ s9'))).toBe(true);
  expect(block.at(-1)).toBe('0 of 20 steps done, 1 running');
  screen.end();
  const [, after] = paper.text.split('\r\x1b[4A\x1b[0J');
  expect(after!.trimEnd().split('\n')).toHaveLength(20);
});

test('a terminal that became narrower is cleared of the rows that it broke, and drawn anew', async () => {
  const paper = new Paper(true, 24, 60);
  let resized = (): void => {};
  const output = Object.assign(paper, { on: (_: 'resize', listener: () => void) => (resized = listener) });
  const steps = [{ name: 'a-step-with-a-long-name', id: 'a' }];
  const screen = new Screen(RUN, steps, output, PLAIN, () => 10, {});
  screen.take({ n: 1, t: 10, type: 'run', state: 'created' });
  screen.take({ n: 2, t: 10, type: 'run', state: 'started', pid: 1 });
  screen.take({ n: 3, t: 10, type: 'step', step: STEPS[0]!.name, state: 'waiting', for: [] } as RunEvent);
  while (paper.text === '') await new Promise(resolve => setTimeout(resolve, 10));
  const drawn = columns(paper.text.trimEnd());
  paper.text = '';
  Object.assign(paper, { columns: 20 });
  resized();
  while (paper.text === '') await new Promise(resolve => setTimeout(resolve, 10));
  expect(paper.text.startsWith(`\r\x1b[${Math.ceil(drawn / 20)}A\x1b[0J`)).toBe(true);
  screen.end();
});

test('a terminal that cannot move its cursor gets appended lines', () => {
  for (const [paper, env] of [
    [new Paper(true), { TERM: 'dumb' }],
    [new Paper(true, 3), {}]
  ] as const) {
    const screen = new Screen(RUN, STEPS, paper, PLAIN, () => 10, env);
    BODIES.forEach((body, at) => {
      screen.take({ n: at + 1, t: 10, ...body } as RunEvent);
    });
    screen.end();
    expect(paper.text).not.toContain('\x1b');
    expect(paper.text).toContain('running');
  }
});

test('until a step prints, it says why it runs', async () => {
  const paper = new Paper(true);
  const screen = new Screen(RUN, STEPS, paper, PLAIN, () => 10, {});
  const cache = { hit: false, why: ['cell 2 line 1 changed'] };
  const bodies = [...BODIES.slice(0, 2), { type: 'step', step: 'a', state: 'running', attempt: 1, how: 'fork', cache }];
  bodies.forEach((body, at) => {
    screen.take({ n: at + 1, t: 10, ...body } as RunEvent);
  });
  while (paper.text === '') await new Promise(resolve => setTimeout(resolve, 10));
  expect(paper.text).toMatch(/^◐ a .*cell 2 line 1 changed$/m);
  screen.take({ n: 4, t: 10, ...BODIES[3]! } as RunEvent);
  screen.end();
  expect(paper.text).toMatch(/✓ a {5}done {10}2\.0 s\n○ b\n$/);
});
