import type { Step } from '@cellway/core/api';
import type { Report } from '../report';
import {
  checkAmbient,
  checkDefinitions,
  checkFiles,
  checkInputs,
  loadsFor,
  type Pending,
  resolveNeeds,
  type Seen
} from '.';

type Facts = {
  changed?: string[];
  /** Slots among `changed` that were only drawn from, unseeded. */
  drawn?: string[];
  foreseen?: string[];
  sets?: string[];
  loads?: Record<string, string>;
  read?: string[];
  written?: string[];
  /** Written, as a comparison of the folder says. */
  compared?: string[];
  /** What the plan has it write. */
  plans?: string[];
  inputsChanged?: string[];
  definitionsChanged?: string[];
  sources?: Record<string, string>;
  artifacts?: string[];
  code?: string;
};

/** A step that started and finished at the given instants (`end` null: it still runs); `place` is its place in the notebook. */
function seen(name: string, place: number, [started, finished]: [number, number | null], facts: Facts = {}): Seen {
  const node = {
    name,
    kind: 'step',
    imports: ['pandas'],
    inputs: [],
    replay: [],
    dynamic: false,
    cells: [{ index: place + 1, id: facts.code ?? '' }],
    files: { reads: [], writes: facts.plans ?? [] },
    ambient: { loads: [], changes: facts.foreseen ?? [], sets: facts.sets ?? [] }
  } as unknown as Step;
  const report: Partial<Report> = {
    ambient: {
      changed: (facts.changed ?? []).map(slot => ({
        slot,
        index: place + 1,
        line: 2,
        ...(facts.drawn?.includes(slot) ? { drawn: true } : {})
      })),
      artifact: null
    },
    files: {
      read: (facts.read ?? []).map(path => ({ path })),
      written: [
        ...(facts.written ?? []).map(path => ({ path, line: 1 })),
        ...(facts.compared ?? []).map(path => ({ path, line: null, unseen: true }))
      ],
      removed: [],
      unwatched: []
    },
    inputs_changed: (facts.inputsChanged ?? []).map(one => ({ name: one, wanted: false })),
    definitions_changed: facts.definitionsChanged ?? [],
    displays: { shown: [], updated: [] },
    artifacts: (facts.artifacts ?? []).map(one => ({ path: 'outputs/1', names: [one], bytes: 1 }))
  };
  return {
    node,
    place,
    started,
    finished,
    report: finished === null ? null : (report as Report),
    loads: new Map(Object.entries(facts.loads ?? {})),
    sources: new Map(Object.entries(facts.sources ?? {}))
  };
}

const all = (...steps: Seen[]) => new Map(steps.map(step => [step.node.name, step]));

const rng = 'numpy.random';
const options = 'pandas.options';

describe('ambient state', () => {
  const cases: [string, string | null, Seen[], string][] = [
    [
      'two steps drew, the later from what the earlier left',
      null,
      [seen('a', 0, [1, 2], { changed: [rng] }), seen('b', 1, [3, 4], { changed: [rng], loads: { [rng]: 'a' } })],
      'b'
    ],
    [
      'two steps drew beside each other',
      'ambient-unseen',
      [seen('a', 0, [1, 3], { changed: [rng] }), seen('b', 1, [2, 4], { changed: [rng] })],
      'b'
    ],
    [
      'the earlier of the two ends last',
      'ambient-unseen',
      [seen('a', 0, [1, 4], { changed: [rng] }), seen('b', 1, [2, 3], { changed: [rng] })],
      'a'
    ],
    [
      'the later seeds before it draws',
      null,
      [seen('a', 0, [1, 3], { changed: [rng] }), seen('b', 1, [2, 4], { changed: [rng], sets: [rng] })],
      'b'
    ],
    [
      'a step between passed the state on',
      null,
      [
        seen('a', 0, [1, 2], { changed: [rng] }),
        seen('b', 1, [3, 4], { loads: { [rng]: 'a' } }),
        seen('c', 2, [5, 6], { changed: [rng], loads: { [rng]: 'b' } })
      ],
      'c'
    ],
    [
      'a step between drew too, and the later missed it',
      'ambient-unseen',
      [
        seen('a', 0, [1, 2], { changed: [rng] }),
        seen('b', 1, [3, 6], { changed: [rng], loads: { [rng]: 'a' } }),
        seen('c', 2, [4, 5], { changed: [rng], loads: { [rng]: 'a' } })
      ],
      'b'
    ],
    [
      'two steps drew beside each other from a generator that nobody seeded',
      null,
      [seen('a', 0, [1, 3], { changed: [rng], drawn: [rng] }), seen('b', 1, [2, 4], { changed: [rng], drawn: [rng] })],
      'b'
    ],
    [
      'a step drew unseeded beside an earlier one that seeded',
      'ambient-unseen',
      [seen('a', 0, [1, 3], { changed: [rng] }), seen('b', 1, [2, 4], { changed: [rng], drawn: [rng] })],
      'a'
    ],
    [
      'different generators do not meet',
      null,
      [seen('a', 0, [1, 3], { changed: [rng] }), seen('b', 1, [2, 4], { changed: ['random'] })],
      'b'
    ],
    [
      'an option changed while a later step ran',
      'ambient-unseen',
      [seen('a', 0, [1, 3], { changed: [options] }), seen('b', 1, [2, null])],
      'a'
    ],
    [
      'an option changed while an earlier step ran',
      null,
      [seen('a', 0, [1, null]), seen('b', 1, [2, 3], { changed: [options] })],
      'b'
    ],
    [
      'an option change that the plan foresaw',
      null,
      [seen('a', 0, [1, 3], { changed: [options], foreseen: [options] }), seen('b', 1, [2, null])],
      'a'
    ]
  ];
  test.each(cases)('%s', (_name, code, steps, just) => {
    expect(checkAmbient(all(...steps), steps.find(step => step.node.name === just)!)?.code ?? null).toBe(code);
  });

  test('a refusal names cell, line and slot', () => {
    const steps = [seen('a', 0, [1, 3], { changed: [rng] }), seen('b', 1, [2, 4], { changed: [rng] })];
    expect(checkAmbient(all(...steps), steps[1]!)).toMatchObject({ cell: 1, line: 2, name: rng, step: 'a' });
  });

  test('who starts after an unforeseen change loads it, whatever its plan said', () => {
    const steps = all(
      seen('a', 0, [1, 2], { foreseen: [options], changed: [options] }),
      seen('b', 1, [3, 4], { changed: [options] })
    );
    expect(loadsFor(steps, 2, new Map([[options, 'a']]))).toEqual(new Map([[options, 'b']]));
  });
});

test('the state of a generator that nobody seeded is not handed on, not even where the plan has it', () => {
  const drew = seen('a', 0, [1, 2], { changed: [rng], drawn: [rng] });
  expect(loadsFor(all(drew), 1, new Map([[rng, 'a']]))).toEqual(new Map());
  expect(loadsFor(all(drew), 1, new Map())).toEqual(new Map());
  const seeded = seen('b', 1, [3, 4], { changed: [rng] });
  expect(loadsFor(all(drew, seeded), 2, new Map())).toEqual(new Map([[rng, 'b']]));
});

describe('files', () => {
  const cases: [string, string | null, Seen[]][] = [
    [
      'read after the write had ended',
      null,
      [seen('a', 0, [1, 2], { written: ['f'] }), seen('b', 1, [3, 4], { read: ['f'] })]
    ],
    [
      'read while it was written',
      'file-unseen',
      [seen('a', 0, [1, 3], { written: ['f'] }), seen('b', 1, [2, 4], { read: ['f'] })]
    ],
    [
      'written while an earlier step read it',
      'file-unseen',
      [seen('a', 0, [1, 3], { read: ['f'] }), seen('b', 1, [2, 4], { written: ['f'] })]
    ],
    [
      'written by both at a time',
      'file-unseen',
      [seen('a', 0, [1, 3], { written: ['f'] }), seen('b', 1, [2, 4], { written: ['f'] })]
    ],
    [
      'the later step ran first',
      'file-unseen',
      [seen('a', 0, [3, 4], { written: ['f'] }), seen('b', 1, [1, 2], { read: ['f'] })]
    ],
    ['read by both', null, [seen('a', 0, [1, 3], { read: ['f'] }), seen('b', 1, [2, 4], { read: ['f'] })]],
    [
      'written by one, and new in the folder of a shell step beside it',
      null,
      [seen('a', 0, [1, 4], { compared: ['f', 'g'] }), seen('b', 1, [2, 3], { written: ['f'] })]
    ],
    [
      'new in the folder of a shell step while one runs that plans to write it',
      null,
      [seen('a', 0, [1, 3], { compared: ['f'] }), seen('b', 1, [2, null], { plans: ['f'] })]
    ],
    [
      'new in the folder of a shell step, written by a third, read by neither',
      null,
      [
        seen('a', 0, [1, 4], { compared: ['f'] }),
        seen('b', 1, [2, 5], { written: ['f'] }),
        seen('c', 2, [6, 7], { read: ['f'] })
      ]
    ],
    [
      'written by a shell command while a later step read it',
      'file-unseen',
      [seen('a', 0, [1, 4], { compared: ['f'] }), seen('b', 1, [2, 3], { read: ['f'] })]
    ],
    [
      'written by a shell command that plans it beside a step that writes it',
      'file-unseen',
      [seen('a', 0, [1, 4], { compared: ['f'], plans: ['f'] }), seen('b', 1, [2, 3], { written: ['f'] })]
    ],
    [
      'new in the folders of two shell steps beside each other',
      'file-unseen',
      [seen('a', 0, [1, 4], { compared: ['f'] }), seen('b', 1, [2, 3], { compared: ['f'] })]
    ],
    [
      'a listing beside who adds to it',
      'file-unseen',
      [seen('a', 0, [1, 3], { written: ['d/f'] }), seen('b', 1, [2, 4], { read: ['d/'] })]
    ],
    [
      'who adds beside an earlier listing',
      'file-unseen',
      [seen('a', 0, [1, 3], { read: ['./'] }), seen('b', 1, [2, 4], { written: ['d/f'] })]
    ],
    [
      'a listing after who adds to it',
      null,
      [seen('a', 0, [1, 2], { written: ['d/f'] }), seen('b', 1, [3, 4], { read: ['d/'] })]
    ],
    [
      'a listing beside who writes a file that was there',
      null,
      [seen('a', 0, [1, 3], { written: ['old/f'] }), seen('b', 1, [2, 4], { read: ['./'] })]
    ],
    [
      'a listing of another folder',
      null,
      [seen('a', 0, [1, 3], { written: ['d/f'] }), seen('b', 1, [2, 4], { read: ['e/'] })]
    ],
    ['different files', null, [seen('a', 0, [1, 3], { written: ['f'] }), seen('b', 1, [2, 4], { written: ['g'] })]]
  ];
  test.each(cases)('%s', (_name, code, steps) => {
    for (const just of steps) expect(checkFiles(all(...steps), just, path => path === 'old')?.code ?? null).toBe(code);
  });
});

describe('inputs changed in place', () => {
  const old = seen('a', 0, [1, 2]);
  const changer = seen('b', 1, [3, 6], { inputsChanged: ['df'] });
  const pending = (name: string, place: number, from: string): Pending => ({
    name,
    place,
    sources: new Map([['df', from]]),
    replays: new Set()
  });

  test('a later step that has not started takes the changed value', () => {
    expect(checkInputs(all(old, changer), [pending('c', 2, 'a')], changer)).toEqual({
      reason: null,
      rebindings: [{ name: 'df', to: 'c', from: 'b' }]
    });
  });
  test('a later step that has started stops the run', () => {
    expect(
      checkInputs(all(old, changer, seen('c', 2, [4, null], { sources: { df: 'a' } })), [], changer).reason
    ).toMatchObject({ code: 'input-changed', name: 'df', cell: 2 });
  });
  test('a step that takes a newer value is left alone', () => {
    const newer = seen('n', 2, [4, 5]);
    expect(checkInputs(all(old, changer, newer), [pending('c', 3, 'n')], changer)).toEqual({
      reason: null,
      rebindings: []
    });
  });
});

test('a changed definition that a later step replays stops the run', () => {
  const just = seen('a', 0, [1, 2], { definitionsChanged: ['K'] });
  const later = (replays: string[]): Pending => ({
    name: 'b',
    place: 1,
    sources: new Map(),
    replays: new Set(replays)
  });
  expect(checkDefinitions([later(['K'])], just)).toMatchObject({ code: 'definition-changed', name: 'K' });
  expect(checkDefinitions([later(['J'])], just)).toBeNull();
});

describe('names that a step turned out to need', () => {
  const asking = seen('z', 9, [8, 9]);
  const report = { needs: [{ name: 'v', index: 10, line: 3 }] } as unknown as Report;
  const code = (id: string) => id;
  test('are taken from the nearest step that kept them', () => {
    const steps = all(
      seen('a', 0, [1, 2], { artifacts: ['v'], code: 'v = 1' }),
      seen('b', 1, [1, 2], { code: 'value = 2' }),
      asking
    );
    expect(resolveNeeds(steps, asking, report, code)).toEqual({ kind: 'found', sources: new Map([['v', 'a']]) });
  });
  test('stop the run when a step between may have bound them anew', () => {
    const steps = all(
      seen('a', 0, [1, 2], { artifacts: ['v'], code: 'v = 1' }),
      seen('b', 1, [1, 2], { code: 'x = 1\nv = 2' }),
      asking
    );
    expect(resolveNeeds(steps, asking, report, code)).toMatchObject({
      kind: 'stop',
      reason: { code: 'read-unseen', cell: 10, line: 3, name: 'v' }
    });
  });
  test("are the user's NameError when no code speaks of them", () => {
    expect(resolveNeeds(all(seen('a', 0, [1, 2], { code: 'w = 1' }), asking), asking, report, code)).toEqual({
      kind: 'unbound',
      name: 'v'
    });
  });
});
