import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ended, Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
});
afterAll(() => scratch.close());

const ESCAPE = '\x1b[';

/** What a terminal of `width` columns shows at the end: plain text, cursor up, erase below. Text that wraps is wrong. */
function shown(text: string, width = 80): string[] {
  const rows: string[] = [''];
  let [at, column] = [0, 0];
  for (const [part] of text.matchAll(/\x1b\[[?\d]*[A-Za-z]|\r|\n|[^\x1b\r\n]+/g)) {
    const [, count, control] = /^\x1b\[(\d*)([A-Z])$/.exec(part) ?? [];
    if (control === 'A') {
      at -= Number(count);
      expect(at).toBeGreaterThanOrEqual(0);
    } else if (control === 'J') {
      rows.splice(at, rows.length, rows[at]!.slice(0, column));
    } else if (part === '\n') {
      at += 1;
      rows[at] ??= '';
    } else if (part === '\r') {
      column = 0;
    } else if (!part.startsWith(ESCAPE)) {
      rows[at] = rows[at]!.slice(0, column).padEnd(column) + part + rows[at]!.slice(column + part.length);
      column += part.length;
      expect(column).toBeLessThanOrEqual(width);
    }
  }
  return rows;
}

/** Waits until no process of this folder's runs is left; a supervisor ends a moment after its run does. */
async function allGone(): Promise<void> {
  while (scratch.processes().length > 0) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const SLOW = 'import time\nprint("begun", flush=True)\ntime.sleep(60)';

test('a terminal shows a line a step, redrawn in place, with what the step says', async () => {
  const path = scratch.notebook('live.ipynb', [
    ['import time\nprint("part one")\ntime.sleep(0.5)\na = 1', 'step:first'],
    ['b = a', 'step:a-step-with-a-rather-long-name-that-must-be-cut-somewhere'],
    ['print("x" * 200)', 'step:wide']
  ]);
  const { code, stdout } = await scratch.terminal(['run', path]);
  expect(code).toBe(0);
  expect(stripVTControlCharacters(stdout)).toContain('part one');
  expect(stdout.split('running').length).toBeGreaterThan(2);
  const rows = shown(stdout.replace(/\x1b\[[\d;]*m/g, '').replace(/\/\S+/g, 'PATH'));
  const steps = rows.filter(row => /^[✓◐○✕]/u.test(row));
  expect(steps.map(row => row.slice(0, 8))).toEqual(['✓ first ', '✓ a-step', '✓ wide  ']);
  expect(rows.filter(row => row.includes('succeeded in'))).toHaveLength(1);
});

test('Ctrl-C cancels: exit 130, the run says so, no process is left', async () => {
  const path = scratch.notebook('slow.ipynb', [
    [SLOW, 'step:a'],
    ['b = 1', 'step:b']
  ]);
  const { code, stdout } = await scratch.terminal(['run', path], [{ after: 'begun', type: '\x03' }]);
  expect(code).toBe(130);
  const rows = shown(stdout.replace(/\x1b\[[\d;]*m/g, '').replace(/\/\S+/g, 'PATH'));
  expect(rows.filter(row => row.includes('Cancelling'))).toHaveLength(1);
  expect(rows.filter(row => /^✕ a\s+cancelled/.test(row))).toHaveLength(1);
  expect(rows.some(row => row.startsWith('cancelled in'))).toBe(true);
  await allGone();
});

test('a second Ctrl-C kills a step that does not listen', async () => {
  const path = scratch.notebook('deaf.ipynb', [
    [
      `import signal, subprocess\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n` +
        `signal.signal(signal.SIGTERM, signal.SIG_IGN)\nchild = subprocess.Popen(["sleep", "61.25"])\n${SLOW}`,
      'step:a'
    ]
  ]);
  const keys = [
    { after: 'begun', type: '\x03' },
    { after: 'again to kill', type: '\x03' }
  ];
  const { code } = await scratch.terminal(['run', path], keys);
  expect(code).toBe(130);
  await allGone();
  const end = JSON.parse(readFileSync(join(scratch.runs().at(-1)!, 'steps', 'a', 'attempt-1', 'exit.json'), 'utf8'));
  expect([9, 'SIGKILL']).toContain(end.signal);
});

test('SIGINT without a terminal cancels too', async () => {
  const path = scratch.notebook('quiet.ipynb', [[SLOW, 'step:a']]);
  const child = scratch.start(['run', path, '--json']);
  child.stdout!.on('data', text => {
    if (String(text).includes('begun')) {
      child.kill('SIGINT');
    }
  });
  const { code, stdout, stderr } = await ended(child);
  expect({ code, stderr }).toEqual({ code: 130, stderr: '\nCancelling; Ctrl-C again to kill.\n' });
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ type: 'run', state: 'cancelled' });
  await allGone();
});
