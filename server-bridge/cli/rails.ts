/** A step and the steps that it waits for. */
export interface Station {
  readonly name: string;
  readonly needs: readonly string[];
}

export interface Rail {
  /** What is drawn before the step's name: lines from the steps that it waits for. */
  readonly rail: string;
  /** The same width, for further lines of the step. */
  readonly under: string;
}

interface Lane {
  readonly source: string;
  /** Steps further down that wait for it. */
  left: number;
}

/** Beyond so many steps what is implied by other edges is drawn too. */
const MANY = 2000;

/**
 * Rails as `git log --graph` draws them, top to bottom: a step is `●`; its line goes down as long as a later step waits
 * for it, `├` and `┼` are stations, `└`, `┴` and `┘` ends, `│` between two `─` is passed without stopping. So steps whose
 * lines lie side by side can run at the same time. What other edges imply is left out. Null when more than `most` lines
 * lie side by side.
 */
export function rails(steps: readonly Station[], most: number): readonly Rail[] | null {
  const parents = steps.length > MANY ? new Map(steps.map(step => [step.name, step.needs])) : reduced(steps);
  const children = new Map<string, number>();
  for (const names of parents.values()) {
    for (const name of names) {
      children.set(name, (children.get(name) ?? 0) + 1);
    }
  }
  const lanes: (Lane | null)[] = [];
  const rows: Rail[] = [];
  // A step right under another's end would seem to hang on it.
  let above = -1;
  for (const step of steps) {
    const own = new Set(parents.get(step.name));
    const stops = lanes.flatMap((lane, at) => (lane !== null && own.has(lane.source) ? [at] : []));
    const ending = stops.filter(at => lanes[at]!.left === 1);
    const column = ending[0] ?? freeColumn(lanes, stops[0] ?? -1, above);
    if (column >= most) {
      return null;
    }
    const rail = draw(lanes, stops, column);
    for (const at of stops) {
      const lane = lanes[at]!;
      lane.left -= 1;
      lanes[at] = lane.left === 0 ? null : lane;
    }
    while (lanes.length <= column) {
      lanes.push(null);
    }
    const left = children.get(step.name) ?? 0;
    lanes[column] = left === 0 ? null : { source: step.name, left };
    above = column;
    rows.push({ rail, under: lanes.map(lane => (lane === null ? '  ' : '│ ')).join('') });
  }
  return rows;
}

function freeColumn(lanes: readonly (Lane | null)[], after: number, above: number): number {
  for (let at = after + 1; ; at += 1) {
    if ((lanes[at] ?? null) === null && at !== above) {
      return at;
    }
  }
}

function draw(lanes: readonly (Lane | null)[], stops: readonly number[], column: number): string {
  const first = Math.min(column, ...stops);
  const last = Math.max(column, ...stops);
  const cells = Array.from({ length: Math.max(lanes.length, column + 1) }, (_, at) => {
    const line = at >= first && at < last ? '─' : ' ';
    const lane = lanes[at] ?? null;
    if (at === column) {
      return `●${line}`;
    }
    if (lane === null) {
      return (at > first && at < last ? '─' : ' ') + line;
    }
    if (!stops.includes(at)) {
      return `│${line}`;
    }
    const kind = at === first ? 0 : at === last ? 2 : 1;
    return (lane.left === 1 ? '└┴┘' : '├┼┤')[kind]! + line;
  });
  return cells.join('');
}

/** Needs without those that another need implies. */
function reduced(steps: readonly Station[]): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, Set<string>>();
  const parents = new Map<string, readonly string[]>();
  for (const { name, needs } of steps) {
    const all = new Set(needs);
    for (const need of needs) {
      for (const earlier of before.get(need) ?? []) {
        all.add(earlier);
      }
    }
    before.set(name, all);
    parents.set(
      name,
      needs.filter(need => !needs.some(other => before.get(other)?.has(need) === true))
    );
  }
  return parents;
}
