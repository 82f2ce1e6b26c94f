import type { Diagnostic } from '../api';
import type { BlockFlow, Dataflow } from '../dataflow/types';
import { spanRange } from '../notebook';
import type { Piece } from './pieces';

/**
 * Joins the pieces of a step that goes on after other blocks. Position decides what a notebook means, so a piece may be
 * moved next to its step only over blocks that it neither feeds, reads nor overwrites: then the result is the same.
 * Where that does not hold, joining would make a cycle or another result; the later piece becomes a step of its own,
 * and an error says how to name it.
 *
 * `flow` is the dataflow of the pieces as they stand; it is asked for only when some step goes on.
 */
export function joinContinued(
  pieces: readonly Piece[],
  flow: (pieces: readonly Piece[]) => Dataflow
): { pieces: readonly Piece[]; diagnostics: Diagnostic[] } {
  const names = pieces.map(piece => piece.name);
  if (new Set(names).size === names.length) {
    return { pieces, diagnostics: [] };
  }
  const distinct = withDistinctNames(pieces);
  const known = flow(distinct);
  const facts = new Map(known.blocks.map(block => [block.name, block]));
  const linked = new Set(known.edges.map(edge => `${edge.from}\0${edge.to}`));
  const commute = (a: Piece, b: Piece): boolean =>
    !linked.has(`${a.name}\0${b.name}`) && independent(facts.get(a.name)!, facts.get(b.name)!);
  const diagnostics: Diagnostic[] = [];
  // Groups of pieces in their new order; each group becomes one block.
  const groups: Piece[][] = [];
  for (const [at, piece] of distinct.entries()) {
    const home = groups.findLastIndex(group => group[0]!.name === names[at] || group[0]!.name === piece.name);
    const between = home === -1 ? [] : groups.slice(home + 1);
    const own = groups[home];
    if (own === undefined) {
      groups.push([piece]);
    } else if (between.flat().every(other => commute(other, piece))) {
      own.push(piece);
    } else if (between.flat().every(other => own.every(part => commute(part, other)))) {
      groups.splice(home, 1);
      groups.push([...own, piece]);
    } else {
      diagnostics.push(split(piece, names[at]!, between.flat()));
      groups.push([piece]);
    }
  }
  return { pieces: groups.map(joined), diagnostics };
}

function withDistinctNames(pieces: readonly Piece[]): readonly Piece[] {
  const taken = new Set(pieces.map(piece => piece.name));
  const begun = new Set<string>();
  return pieces.map(piece => {
    let name = piece.name;
    for (let n = 2; begun.has(name); n += 1) {
      const candidate = `${piece.name} (${n})`;
      name = taken.has(candidate) ? name : candidate;
    }
    begun.add(name);
    taken.add(name);
    return { ...piece, name };
  });
}

/** Neither binds or changes what the other reads, binds or changes; `a` comes first and no edge joins them. */
function independent(a: BlockFlow, b: BlockFlow): boolean {
  const apart = (left: readonly string[], right: readonly string[]): boolean => {
    const set = new Set(left);
    return !right.some(name => set.has(name));
  };
  const reads = (flow: BlockFlow): string[] => [
    ...flow.inputs.map(input => input.name),
    ...flow.parameters,
    ...flow.replay.flatMap(replay => replay.names)
  ];
  const touches = (flow: BlockFlow): string[] => [
    ...flow.ambient.loads.map(load => load.slot),
    ...flow.ambient.changes,
    ...flow.ambient.sets
  ];
  return (
    !a.dynamic &&
    !b.dynamic &&
    apart(a.binds, [...b.binds, ...reads(b)]) &&
    apart(b.binds, reads(a)) &&
    apart(touches(a), [...b.ambient.changes, ...b.ambient.sets]) &&
    apart(touches(b), [...a.ambient.changes, ...a.ambient.sets]) &&
    apart(a.files.writes, [...b.files.writes, ...b.files.reads]) &&
    apart(b.files.writes, a.files.reads)
  );
}

function joined(group: readonly Piece[]): Piece {
  const [first] = group;
  return group.length === 1
    ? first!
    : {
        ...first!,
        cells: group.flatMap(piece => piece.cells),
        metrics: group.flatMap(piece => piece.metrics),
        mayRaise: group.flatMap(piece => piece.mayRaise),
        settings: Object.assign({}, ...group.map(piece => piece.settings)),
        after: [...new Set(group.flatMap(piece => piece.after))]
      };
}

function split(piece: Piece, name: string, between: readonly Piece[]): Diagnostic {
  const cell = piece.cells[0]!;
  const others = [...new Set(between.map(other => `'${other.name}'`))].join(', ');
  const range = spanRange({ ...cell.ref, source: cell.source }, 0, 0);
  return {
    code: 'step-split',
    severity: 'error',
    message:
      `Cell ${cell.ref.index}: step '${name}' goes on after ${others}, and what it does there depends on the order: ` +
      'one step cannot run both before and after another.',
    range,
    fix: { title: `Give this part a name of its own: step:${piece.name}` }
  };
}
