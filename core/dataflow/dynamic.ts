/** Code in strings: a literal given to `exec` or `eval` is read as if it stood there. */
import { type Module, parseModule } from '../python';
import { evaluate } from './expressions';
import type { Frame } from './frame';
import type { Machine, Place } from './machine';
import { NONE, type Val, constText } from './objects';
import { runBlock } from './statements';

/** `query` and `eval` of pandas: `@name` in the text is a variable; to `pandas.eval` every name is one. */
export function evaluateText(
  m: Machine,
  frame: Frame | null,
  code: Val,
  how: 'frame' | 'pandas.eval',
  place: Place
): void {
  const known = constText(code);
  if (known === null) return;
  if (how === 'pandas.eval') {
    runLiteral(m, frame, 'eval', known.replaceAll('@', '').replace(/^\s*[A-Za-z_]\w*\s*=(?!=)/, ''), place);
    return;
  }
  for (const [, id] of known.matchAll(/@\s*([\p{L}_][\p{L}\p{N}_]*)/gu)) {
    evaluate(m, frame, { kind: 'Name', id: id!, start: place.offset, end: place.end });
  }
}

const parsed = new Map<string, Module>();

export function runLiteral(m: Machine, frame: Frame | null, how: string, code: string, place: Place): Val {
  let module = parsed.get(code);
  if (module === undefined) {
    module = parseModule(code);
    if (parsed.size > 1000) parsed.clear();
    parsed.set(code, module);
  }
  if (module.problems.length > 0) return NONE;
  // Positions inside the string mean nothing in the cell.
  m.here({ start: place.offset, end: place.end });
  m.depth++;
  try {
    const first = module.body[0];
    if (how === 'eval') return first?.kind === 'ExprStmt' ? evaluate(m, frame, first.value) : NONE;
    runBlock(m, frame, module.body);
    return NONE;
  } finally {
    m.depth--;
  }
}
