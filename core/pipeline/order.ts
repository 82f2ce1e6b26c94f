import type { Diagnostic } from '../api';
import { likely, spanRange } from '../notebook';
import type { Piece } from './pieces';

/**
 * The order that Kale's `prev:` asks for, as far as the notebook's own order has it. A `prev:` of a later step would
 * turn the notebook's order round and is left out with a warning; where the two wait for each other it is an error.
 */
export function orderOf(pieces: readonly Piece[]): {
  order: ReadonlyMap<string, readonly string[]>;
  diagnostics: Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const steps = pieces.filter(piece => piece.kind === 'step');
  const place = new Map(steps.map((piece, at) => [piece.name, at]));
  const asked = new Map(steps.map(piece => [piece.name, piece.after.filter(name => place.has(name))]));
  const order = new Map<string, readonly string[]>();
  for (const [at, piece] of steps.entries()) {
    const kept: string[] = [];
    for (const name of piece.after) {
      const other = place.get(name);
      if (other !== undefined && other < at) {
        kept.push(name);
      } else {
        diagnostics.push(other === undefined ? unknown(piece, name, place.keys()) : backward(piece, name, asked));
      }
    }
    if (kept.length > 0) {
      order.set(piece.name, kept);
    }
  }
  return { order, diagnostics };
}

function whole(piece: Piece): Diagnostic['range'] {
  const cell = piece.cells[0]!;
  return spanRange({ ...cell.ref, source: cell.source }, 0, 0);
}

function unknown(piece: Piece, name: string, names: Iterable<string>): Diagnostic {
  const near = likely(name, names);
  return {
    code: 'prev-unknown',
    severity: 'warning',
    message: `Step '${piece.name}': 'prev:${name}' names no step; it has no effect.`,
    range: whole(piece),
    ...(near === null ? {} : { fix: { title: `Did you mean prev:${near}?` } })
  };
}

function backward(piece: Piece, name: string, asked: ReadonlyMap<string, readonly string[]>): Diagnostic {
  const path = pathTo(name, piece.name, asked);
  if (path !== null) {
    const shown = [piece.name, ...path].map(step => `'${step}'`).join(' → ');
    return {
      code: 'cycle',
      severity: 'error',
      message: `The steps wait for each other by 'prev:': ${shown}.`,
      range: whole(piece),
      fix: { title: `Remove the tag prev:${name} from step '${piece.name}'` }
    };
  }
  return {
    code: 'prev-later',
    severity: 'warning',
    message: `Step '${piece.name}': 'prev:${name}' names a step further down; cells run in the notebook's order.`,
    range: whole(piece),
    fix: { title: `Move the cells of '${name}' above those of '${piece.name}', or remove the tag` }
  };
}

/** Steps from `from` along `prev:` to `to`, both ends included; null when there is no way. */
function pathTo(from: string, to: string, asked: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const came = new Map<string, string | null>([[from, null]]);
  for (const name of came.keys()) {
    if (name === to) {
      const path: string[] = [];
      for (let at: string | null = name; at !== null; at = came.get(at) ?? null) {
        path.unshift(at);
      }
      return path;
    }
    for (const next of asked.get(name) ?? []) {
      if (!came.has(next)) {
        came.set(next, name);
      }
    }
  }
  return null;
}
