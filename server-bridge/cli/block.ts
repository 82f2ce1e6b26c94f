import type { StepState } from '../runs';

/**
 * Which of the steps a block of at most `most` lines shows, in their order: all where they fit, else one line is left for
 * counts, and the others are for what happens now: running steps, then failed ones, then in turn the one that ended
 * latest and the one that comes next.
 */
export function chosen(states: readonly (StepState | null)[], most: number): readonly number[] {
  const all = states.map((_, at) => at);
  if (states.length <= most) return all;
  const room = Math.max(1, most - 1);
  const of = (...kinds: readonly string[]): number[] => all.filter(at => kinds.includes(states[at]?.kind ?? 'none'));
  const running = of('running', 'stale');
  const failed = of('failed', 'refused', 'cancelled');
  const done = of('succeeded', 'skipped').reverse();
  const next = of('queued', 'waiting', 'none');
  const turns = Array.from({ length: Math.max(done.length, next.length) }, (_, at) => [done[at], next[at]]).flat();
  const order = [...running, ...failed, ...turns.filter(at => at !== undefined)];
  return order.slice(0, room).sort((a, b) => a - b);
}

/** `40 of 100 steps done, 2 running, 1 failed`. */
export function counts(states: readonly (StepState | null)[]): string {
  const of = (...kinds: readonly string[]): number =>
    states.filter(state => state !== null && kinds.includes(state.kind)).length;
  const [running, failed, skipped] = [of('running', 'stale'), of('failed', 'refused', 'cancelled'), of('skipped')];
  return [
    `${of('succeeded')} of ${states.length} steps done`,
    ...(running > 0 ? [`${running} running`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : [])
  ].join(', ');
}

/** Rows that lines of these columns take in a terminal of `width` columns, which breaks longer ones when it shrinks. */
export function rowsOf(lines: readonly number[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line / Math.max(1, width))), 0);
}
