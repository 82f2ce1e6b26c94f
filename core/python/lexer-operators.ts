import { CLASS, DIGIT } from './characters';
import { FIELD, MAX_BRACKETS, StringLexer } from './lexer-strings';
import * as T from './tokens';

/** Operators and brackets. */
export abstract class OperatorLexer extends StringLexer {
  /** After a logical line's first `=`. */
  protected abstract assigned(pos: number): number;

  protected abstract readonly ipython: boolean;

  protected sawAssign = false;

  protected open(kind: number, code: number, pos: number): number {
    if (this.brackets.length >= MAX_BRACKETS) return this.tooDeep(pos);
    this.push(kind, pos, pos + 1);
    this.brackets.push(code);
    this.bracketAt.push(pos);
    return pos + 1;
  }

  protected close(kind: number, open: number, pos: number): number {
    const brackets = this.brackets;
    const top = brackets[brackets.length - 1];
    if (top === open) {
      this.push(kind, pos, pos + 1);
      brackets.pop();
      this.bracketAt.pop();
      return pos + 1;
    }
    const closing = this.source[pos]!;
    if (top === undefined) {
      this.error(`unmatched '${closing}'`, pos, pos + 1);
      return pos + 1;
    }
    if (top === FIELD) return this.unterminated(`f-string: unmatched '${closing}'`, this.fstrings.at(-1)!.start);
    const opening = this.source[this.bracketAt[brackets.length - 1]!]!;
    this.error(`closing parenthesis '${closing}' does not match opening parenthesis '${opening}'`, pos, pos + 1);
    brackets.pop();
    this.bracketAt.pop();
    return pos + 1;
  }

  protected plain(kind: number, pos: number, width: number): number {
    this.push(kind, pos, pos + width);
    return pos + width;
  }

  /** An operator with an augmented form. */
  protected augmentable(kind: number, pos: number, width: number): number {
    if (this.source.charCodeAt(pos + width) === 61) return this.plain(T.AUGMENTED + kind, pos, width + 1);
    return this.plain(kind, pos, width);
  }

  protected operator(pos: number, code: number): number {
    this.firstOnLine = false;
    const source = this.source;
    const next = source.charCodeAt(pos + 1);
    switch (code) {
      case 40:
        return this.open(T.LPAR, 40, pos);
      case 41:
        return this.close(T.RPAR, 40, pos);
      case 91:
        return this.open(T.LSQB, 91, pos);
      case 93:
        return this.close(T.RSQB, 91, pos);
      case 123:
        return this.open(T.LBRACE, 123, pos);
      case 125:
        if (this.brackets[this.brackets.length - 1] === FIELD) {
          return this.closeField(pos, this.fstrings[this.fstrings.length - 1]!);
        }
        return this.close(T.RBRACE, 123, pos);
      case 58:
        if (this.brackets[this.brackets.length - 1] === FIELD) {
          this.push(T.COLON, pos, pos + 1);
          return this.fstringText(pos + 1);
        }
        return next === 61 ? this.plain(T.COLONEQUAL, pos, 2) : this.plain(T.COLON, pos, 1);
      case 44:
        return this.plain(T.COMMA, pos, 1);
      case 59:
        return this.plain(T.SEMI, pos, 1);
      case 46:
        if (CLASS[next] === DIGIT) return this.number(pos);
        if (next === 46 && source.charCodeAt(pos + 2) === 46) return this.plain(T.ELLIPSIS, pos, 3);
        return this.plain(T.DOT, pos, 1);
      case 61:
        if (next === 61) return this.plain(T.EQEQUAL, pos, 2);
        this.push(T.EQUAL, pos, pos + 1);
        return this.ipython && this.brackets.length === 0 && !this.sawAssign ? this.assigned(pos + 1) : pos + 1;
      case 43:
        return this.augmentable(T.PLUS, pos, 1);
      case 45:
        if (next === 62) return this.plain(T.ARROW, pos, 2);
        return this.augmentable(T.MINUS, pos, 1);
      case 42:
        return next === 42 ? this.augmentable(T.DOUBLESTAR, pos, 2) : this.augmentable(T.STAR, pos, 1);
      case 47:
        return next === 47 ? this.augmentable(T.DOUBLESLASH, pos, 2) : this.augmentable(T.SLASH, pos, 1);
      case 37:
        return this.augmentable(T.PERCENT, pos, 1);
      case 64:
        return this.augmentable(T.AT, pos, 1);
      case 124:
        return this.augmentable(T.VBAR, pos, 1);
      case 38:
        return this.augmentable(T.AMPER, pos, 1);
      case 94:
        return this.augmentable(T.CARET, pos, 1);
      case 126:
        return this.plain(T.TILDE, pos, 1);
      case 60:
        if (next === 60) return this.augmentable(T.LSHIFT, pos, 2);
        if (next === 62) break;
        return next === 61 ? this.plain(T.LESSEQUAL, pos, 2) : this.plain(T.LESS, pos, 1);
      case 62:
        if (next === 62) return this.augmentable(T.RSHIFT, pos, 2);
        return next === 61 ? this.plain(T.GREATEREQUAL, pos, 2) : this.plain(T.GREATER, pos, 1);
      case 33:
        if (next === 61) return this.plain(T.NOTEQUAL, pos, 2);
        if (this.brackets[this.brackets.length - 1] === FIELD) return this.plain(T.EXCLAMATION, pos, 1);
        break;
      case 0:
        this.error('source code cannot contain null bytes', pos, pos + 1);
        return pos + 1;
    }
    const what =
      code < 32 || code === 127 ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : `'${source[pos]}'`;
    this.error(`invalid character ${what}`, pos, pos + 1);
    return pos + 1;
  }
}
