/** What a code block is (`type`: a bound, default or alias of PEP 695): it decides where `return`, `yield` and `await` may stand. */
export type FrameKind = 'module' | 'class' | 'function' | 'async' | 'lambda' | 'type';

/** The code block around the place that is parsed. At a cell's top level `await` is fine: IPython runs it in a loop. */
export class Frame {
  /** Loops around the place, inside the block. */
  loops = 0;
  /** In an `except*` block. */
  star = false;
  yields = false;
  /** Offset of a `return` with a value, or -1. */
  returnsAt = -1;

  constructor(readonly kind: FrameKind) {}

  get isFunction(): boolean {
    return this.kind === 'function' || this.kind === 'async';
  }

  /** Why `await` or an asynchronous comprehension may not stand here; `null`: it may. */
  refusesAwait(): string | null {
    if (this.kind === 'async' || this.kind === 'module') return null;
    if (this.kind === 'type') return "'await' cannot be used within a type";
    return this.kind === 'class' ? "'await' outside function" : "'await' outside async function";
  }
}

const IN_STAR = "'break', 'continue' and 'return' cannot appear in an except* block";

export function refusesReturn({ star, isFunction }: Frame): string | null {
  if (!isFunction) return "'return' outside function";
  return star ? IN_STAR : null;
}

export function refusesJump({ loops, star }: Frame, word: 'break' | 'continue'): string | null {
  if (loops > 0) return null;
  if (star) return IN_STAR;
  return word === 'break' ? "'break' outside loop" : "'continue' not properly in loop";
}

/** `null`: `yield`, or `yield from`, may stand here. */
export function refusesYield({ kind }: Frame, from: boolean): string | null {
  if (kind === 'module' || kind === 'class') return "'yield' outside function";
  if (kind === 'type') return "'yield' cannot be used within a type";
  return from && kind === 'async' ? "'yield from' inside async function" : null;
}
