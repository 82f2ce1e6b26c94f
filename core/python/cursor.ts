import type { Name, SyntaxProblem } from './ast';
import { Frame } from './frame';
import { Lexer } from './lexer';
import * as T from './tokens';
import type { NamedCharacter } from './strings';

/** Thrown, without a stack, when a statement does not parse; what and where are in the parser. Never leaves it. */
export const FAILED: unique symbol = Symbol('syntax problem');

/** Nesting of expressions that is still parsed; CPython's own limit is of the same order. */
const MAX_DEPTH = 400;
/** Height of one expression's tree, chains of operators included; whoever walks a tree recursively is safe. */
const MAX_HEIGHT = 1500;

export interface ParserOptions {
  readonly ipython: boolean;
  readonly namedCharacter?: NamedCharacter | undefined;
}

const TOKEN_NAMES: { readonly [kind: number]: string } = {
  [T.RPAR]: "')'",
  [T.RSQB]: "']'",
  [T.RBRACE]: "'}'",
  [T.COLON]: "':'",
  [T.EQUAL]: "'='",
  [T.LPAR]: "'('",
  [T.K_IN]: "'in'",
  [T.K_IMPORT]: "'import'",
  [T.K_ELSE]: "'else'"
};

/** The tokens and a place in them, with what every part of the grammar needs. */
export class Cursor {
  protected readonly kinds: Uint8Array;
  protected readonly starts: Int32Array;
  protected readonly ends: Int32Array;
  protected readonly count: number;
  protected readonly lexer: Lexer;
  protected at = 0;
  /** Kind of the token at `at`. */
  protected kind: number;
  protected depth = 0;
  /** At least the height of the expression that was parsed last. */
  protected height = 0;
  readonly problems: SyntaxProblem[] = [];
  readonly salvaged: Name[] = [];
  readonly futures: string[] = [];
  /** The code has `global`, `nonlocal` or a `:=` in a comprehension, whose rules need the scopes. */
  declares = false;
  protected frame: Frame = new Frame('module');
  private failMessage = '';
  private failStart = 0;
  private failEnd = 0;

  constructor(
    protected readonly source: string,
    protected readonly options: ParserOptions,
    from = 0
  ) {
    const lexer = new Lexer(source, options.ipython, from);
    this.lexer = lexer;
    this.kinds = lexer.kinds;
    this.starts = lexer.starts;
    this.ends = lexer.ends;
    this.count = lexer.count;
    this.kind = this.kinds[0]!;
  }

  protected next(): void {
    this.kind = this.kinds[++this.at]!;
  }

  protected peek(): number {
    return this.kinds[this.at + 1]!;
  }

  protected goto(at: number): void {
    this.at = at;
    this.kind = this.kinds[at]!;
  }

  protected get start(): number {
    return this.starts[this.at]!;
  }

  /** End of the token before this one. */
  protected get lastEnd(): number {
    return this.ends[this.at - 1]!;
  }

  protected fail(message: string, start = this.start, end = this.ends[this.at]!): never {
    const lexical = this.kind === T.ERROR ? this.lexer.errors.get(this.at) : undefined;
    if (lexical !== undefined) {
      this.failMessage = lexical;
      this.failStart = this.start;
      this.failEnd = this.ends[this.at]!;
    } else {
      this.failMessage = message;
      this.failStart = start;
      this.failEnd = Math.max(start, end);
    }
    throw FAILED;
  }

  /** Turns what `fail` threw into a problem. */
  protected report(): void {
    this.problem(this.failMessage, this.failStart, this.failEnd);
  }

  protected problem(message: string, start: number, end: number): void {
    this.problems.push({ start, end, message });
  }

  /** A problem that leaves the tree as it is; `null` is none. */
  protected refuse(message: string | null, start: number, end: number = start): void {
    if (message !== null) this.problem(message, start, end);
  }

  protected expect(kind: number): void {
    if (this.kind !== kind) this.fail(`expected ${TOKEN_NAMES[kind] ?? 'something else'}`);
    this.next();
  }

  protected accept(kind: number): boolean {
    if (this.kind !== kind) return false;
    this.next();
    return true;
  }

  protected text(at = this.at): string {
    return this.source.slice(this.starts[at]!, this.ends[at]!);
  }

  /** Whether the token is this soft keyword or name. */
  protected isWord(word: string): boolean {
    const start = this.starts[this.at]!;
    return this.kind === T.NAME && this.ends[this.at]! - start === word.length && this.source.startsWith(word, start);
  }

  protected identifier(): string {
    if (this.kind !== T.NAME) this.fail('expected a name');
    const text = this.text();
    this.next();
    return this.lexer.unicode ? normalName(text) : text;
  }

  protected name(): Name {
    const start = this.start;
    const end = this.ends[this.at]!;
    return { kind: 'Name', start, end, id: this.identifier() };
  }

  protected enter(): void {
    if (++this.depth > MAX_DEPTH) this.fail('too deeply nested to analyse');
  }

  protected raise(height: number): void {
    this.height = height;
    if (height > MAX_HEIGHT) this.fail('too deeply nested to analyse');
  }
}

/** Names are compared after NFKC (PEP 3131). */
export function normalName(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : text.normalize('NFKC');
}
