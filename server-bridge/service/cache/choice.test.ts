import fc from 'fast-check';
import { type Candidate, chosen, type Policy } from './choice';

const NOW = 1_000_000_000;
const DAY = 86_400;
const candidate: fc.Arbitrary<Omit<Candidate, 'execution'>> = fc.record({
  bytes: fc.nat(1000),
  last: fc.nat(200 * DAY).map(ago => NOW - ago),
  pinned: fc.boolean(),
  read: fc.boolean()
});
const cases = fc.record({
  candidates: fc
    .array(candidate, { maxLength: 30 })
    .map(all => all.map((one, at): Candidate => ({ ...one, execution: `r-${at}/a/1` }))),
  policy: fc.record({
    budget: fc.option(fc.nat(20_000)),
    age: fc.option(fc.nat(200)),
    grace: fc.nat(2 * DAY)
  })
});

const bytes = (all: readonly Candidate[]) => all.reduce((sum, one) => sum + one.bytes, 0);
const split = (candidates: readonly Candidate[], policy: Policy) => {
  const gone = chosen(candidates, policy, NOW);
  const kept = candidates.filter(one => !gone.includes(one));
  const removable = (one: Candidate) => !one.pinned && !one.read && one.last <= NOW - policy.grace;
  return { gone, kept, stuck: kept.filter(one => !removable(one)), free: kept.filter(removable) };
};
const old = (one: Candidate, { age }: Policy) => age !== null && one.last < NOW - age * DAY;

test('what is pinned, read by a run under way, or just made or used never goes', () => {
  fc.assert(
    fc.property(cases, ({ candidates, policy }) => {
      for (const one of split(candidates, policy).gone)
        expect(one).toMatchObject({ pinned: false, read: false, last: expect.any(Number) });
      expect(split(candidates, policy).gone.filter(one => one.last > NOW - policy.grace)).toEqual([]);
    })
  );
});

test('afterwards nothing is too old, and the rest is within the budget, or cannot go', () => {
  fc.assert(
    fc.property(cases, ({ candidates, policy }) => {
      const { free, kept } = split(candidates, policy);
      expect(free.filter(one => old(one, policy))).toEqual([]);
      const counted = bytes(kept.filter(one => !one.pinned));
      if (policy.budget !== null && counted > policy.budget) expect(free).toEqual([]);
    })
  );
});

test('no more goes than has to, and the longest unused goes first', () => {
  fc.assert(
    fc.property(cases, ({ candidates, policy }) => {
      const { gone, free, kept } = split(candidates, policy);
      for (const one of gone) for (const other of free) expect(one.last).toBeLessThanOrEqual(other.last);
      const last = gone.at(-1);
      if (last === undefined || old(last, policy)) return;
      const before = bytes(kept.filter(one => !one.pinned)) + last.bytes;
      expect(policy.budget !== null && before > policy.budget).toBe(true);
    })
  );
});

test('without budget and age all stays', () => {
  fc.assert(
    fc.property(cases, ({ candidates, policy }) => {
      expect(chosen(candidates, { ...policy, budget: null, age: null }, NOW)).toEqual([]);
    })
  );
});
