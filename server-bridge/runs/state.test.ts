import fc from 'fast-check';
import type { RunEvent, RunEventBody } from './event';
import { applyEvent, emptyView, IllegalTransition, type RunView } from './state';

const error = { code: 'raised' as const, ename: 'E', evalue: '', traceback: [] };
const reason = { code: 'c', message: 'm' };

const bodies: fc.Arbitrary<RunEventBody> = fc.oneof(
  fc.constantFrom<RunEventBody>(
    { type: 'run', state: 'created' },
    { type: 'run', state: 'started', pid: 1 },
    { type: 'run', state: 'succeeded', took: 1 },
    { type: 'run', state: 'failed', took: 1, steps: [] },
    { type: 'run', state: 'refused', took: 1, reason },
    { type: 'run', state: 'cancelled', took: 1 },
    { type: 'note', message: '' }
  ),
  fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 8 })).map(([step, which]): RunEventBody => {
    const changes = [
      { state: 'waiting' as const, for: [] },
      { state: 'queued' as const, reason: '' },
      { state: 'running' as const, attempt: 1, how: 'fork' as const },
      { state: 'succeeded' as const, attempt: 1, took: 1, outputs: [], from: 'run' as const, folder: '' },
      { state: 'failed' as const, attempt: 1, took: 1, error, folder: '' },
      { state: 'refused' as const, attempt: 1, took: 1, reason, folder: '' },
      { state: 'stale' as const, because: { from: 'a', names: [] } },
      { state: 'cancelled' as const },
      { state: 'skipped' as const, because: 'a' }
    ];
    return { type: 'step', step, ...changes[which]! };
  })
);

const final = new Set(['succeeded', 'failed', 'refused', 'cancelled']);

/** Takes in what can be and leaves out what cannot, as a writer must. */
function write(all: readonly RunEventBody[]): readonly RunEvent[] {
  const log: RunEvent[] = [];
  let view: RunView = emptyView;
  for (const body of all) {
    const event: RunEvent = { n: view.n + 1, t: 0, ...body };
    try {
      view = applyEvent(view, event);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(IllegalTransition);
      continue;
    }
    log.push(event);
  }
  return log;
}

const viewOf = (log: readonly RunEvent[]) => log.reduce(applyEvent, emptyView);

test('nothing happens after a run has ended, and it is created once, first', () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 60 }), all => {
      const log = write([{ type: 'run', state: 'created' }, { type: 'run', state: 'started', pid: 1 }, ...all]);
      const ends = log.filter(event => event.type === 'run' && final.has(event.state));
      expect(ends.length).toBeLessThanOrEqual(1);
      if (ends.length > 0) expect(log.at(-1)).toBe(ends[0]);
      expect(log.filter(event => event.type === 'run' && event.state === 'created')).toHaveLength(1);
    })
  );
});

test('a step that failed, was refused, skipped or cancelled stays so; only a succeeded one becomes stale', () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 60 }), all => {
      const last = new Map<string, string>();
      for (const event of write([{ type: 'run', state: 'created' }, ...all])) {
        if (event.type !== 'step') continue;
        const before = last.get(event.step);
        expect(['failed', 'refused', 'skipped', 'cancelled']).not.toContain(before);
        if (event.state === 'stale') expect(before).toBe('succeeded');
        last.set(event.step, event.state);
      }
    })
  );
});

test('events seen again change nothing, and a log read in two goes gives the same view', () => {
  fc.assert(
    fc.property(fc.array(bodies, { maxLength: 40 }), fc.nat(), (all, cut) => {
      const log = write([{ type: 'run', state: 'created' }, ...all]);
      const at = cut % (log.length + 1);
      const half = viewOf(log.slice(0, at));
      expect([...log.slice(0, at), ...log.slice(at)].reduce(applyEvent, half)).toEqual(viewOf(log));
    })
  );
});

test('a hole in the numbers is not passed over', () => {
  expect(() => applyEvent(emptyView, { n: 2, t: 0, type: 'run', state: 'created' })).toThrow(IllegalTransition);
});
