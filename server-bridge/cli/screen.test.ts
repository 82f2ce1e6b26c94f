import type { Run, RunEvent, RunEventBody } from '../runs';
import { Screen } from './screen';
import { PLAIN } from './terminal';

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
  const screen = new Screen(RUN, STEPS, paper, PLAIN, () => 10);
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

test('more steps than a terminal has rows are appended lines', () => {
  const paper = new Paper(true, 3);
  show(paper).end();
  expect(paper.text).not.toContain('\x1b');
  expect(paper.text).toContain('running');
});
