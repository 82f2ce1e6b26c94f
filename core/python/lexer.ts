import {
  BACKSLASH,
  BREAK,
  CLASS,
  DIGIT,
  HASH,
  ID_CONTINUE,
  ID_START,
  IDENT,
  isPrefix,
  QUOTE,
  SPACE
} from './characters';
import { OperatorLexer } from './lexer-operators';
import * as T from './tokens';

/** CPython's own limit. */
const MAX_INDENT = 100;

/**
 * Turns `source` from `from` into tokens: three parallel arrays, kinds, starts and ends. Never throws; what is no token
 * becomes an `ERROR` with a message in `errors`. Linear in the text: an unclosed bracket or string is closed at the end
 * of its line and the rest is read again, but only as long as the text read twice stays in proportion.
 */
export class Lexer extends OperatorLexer {
  /** Some name may need NFKC. */
  unicode = false;

  protected indents: number[] = [0];

  protected altIndents: number[] = [0];

  /** First token of the logical line. */
  protected lineToken = 0;

  constructor(
    source: string,
    protected readonly ipython: boolean,
    from = 0
  ) {
    super(source, from);
    this.run(from);
  }

  protected run(from: number): void {
    const source = this.source;
    const length = source.length;
    let pos = from;
    for (;;) {
      if (this.lineStart) {
        pos = this.indentation(pos);
        if (this.lineStart) continue;
      }
      if (pos >= length) {
        if (this.brackets.length > 0) {
          pos = this.reopen(this.bracketAt[0]!, `'${source[this.bracketAt[0]!]}' was never closed`, pos);
          continue;
        }
        this.finish(pos);
        return;
      }
      const code = source.charCodeAt(pos);
      if (code >= 128) {
        pos = this.foreign(pos);
        continue;
      }
      switch (CLASS[code]) {
        case SPACE:
          pos++;
          break;
        case IDENT:
          pos = this.word(pos, pos + 1);
          break;
        case DIGIT:
          pos = this.number(pos);
          break;
        case QUOTE:
          pos = this.string(pos, pos);
          break;
        case HASH:
          pos = this.lineEnd(pos);
          break;
        case BREAK:
          pos = this.newline(pos, code);
          break;
        case BACKSLASH: {
          const next = source.charCodeAt(pos + 1);
          if (next === 10) pos += 2;
          else if (next === 13) pos += source.charCodeAt(pos + 2) === 10 ? 3 : 2;
          else if (pos + 1 >= length) {
            this.error('unexpected end of the code after a line continuation', pos, pos + 1);
            pos++;
          } else {
            this.error('unexpected character after line continuation character', pos, pos + 1);
            pos++;
          }
          break;
        }
        default:
          pos = this.operator(pos, code);
      }
    }
  }

  protected newline(pos: number, code: number): number {
    const next = code === 13 && this.source.charCodeAt(pos + 1) === 10 ? pos + 2 : pos + 1;
    if (this.brackets.length === 0) {
      this.push(T.NEWLINE, pos, next);
      this.lineStart = true;
    } else if (this.reread < 0) {
      const open = this.bracketAt[0]!;
      this.abandon(`'${this.source[open]}' was never closed`, open, pos);
      return next;
    } else this.firstOnLine = true;
    return next;
  }

  protected finish(pos: number): void {
    if (this.count > this.lineToken) {
      this.help();
      const last = this.kinds[this.count - 1]!;
      if (last !== T.NEWLINE && last !== T.DEDENT) this.push(T.NEWLINE, pos, pos);
    }
    for (let depth = this.indents.length; depth > 1; depth--) this.push(T.DEDENT, pos, pos);
    this.push(T.EOF, pos, pos);
  }

  /** Reads blank lines and the indentation of the next logical line. */
  protected indentation(pos: number): number {
    const source = this.source;
    const length = source.length;
    this.help();
    for (;;) {
      let column = 0;
      let alt = 0;
      let continued = -1;
      let code = 0;
      while (pos < length) {
        code = source.charCodeAt(pos);
        if (code === 32) {
          column++;
          alt++;
        } else if (code === 9) {
          column = ((column >> 3) + 1) << 3;
          alt++;
        } else if (code === 12) {
          column = 0;
          alt = 0;
        } else if (code === 92 && pos + 1 < length && CLASS[source.charCodeAt(pos + 1)] === BREAK) {
          if (continued < 0) continued = column;
          pos = this.afterBreak(pos + 1);
          column = 0;
          alt = 0;
          continue;
        } else break;
        pos++;
      }
      if (continued >= 0) {
        column = continued;
        alt = continued;
      }
      if (pos >= length) {
        this.lineStart = false;
        this.lineToken = this.count;
        return pos;
      }
      if (code === 35) {
        pos = this.afterBreak(this.lineEnd(pos));
        continue;
      }
      if (code === 10 || code === 13) {
        pos = this.afterBreak(pos);
        continue;
      }
      this.indent(pos, column, alt);
      this.lineStart = false;
      this.firstOnLine = false;
      this.sawAssign = false;
      this.lineToken = this.count;
      if (this.ipython) return this.escape(pos, code);
      return pos;
    }
  }

  protected indent(pos: number, column: number, alt: number): void {
    const indents = this.indents;
    const alts = this.altIndents;
    const top = indents[indents.length - 1]!;
    if (column === top) {
      if (alt !== alts[alts.length - 1]) this.error('inconsistent use of tabs and spaces in indentation', pos, pos);
      return;
    }
    if (column > top) {
      if (indents.length >= MAX_INDENT) {
        this.error('too many levels of indentation', pos, pos);
        return;
      }
      if (alt <= alts[alts.length - 1]!) {
        this.error('inconsistent use of tabs and spaces in indentation', pos, pos);
        return;
      }
      indents.push(column);
      alts.push(alt);
      this.push(T.INDENT, pos, pos);
      return;
    }
    while (indents.length > 1 && column < indents[indents.length - 1]!) {
      if (column > indents[indents.length - 2]!) {
        // Stays in the innermost block that it can belong to, so that what follows at this level is read as one block.
        indents[indents.length - 1] = column;
        alts[alts.length - 1] = alt;
        this.error('unindent does not match any outer indentation level', pos, pos);
        return;
      }
      indents.pop();
      alts.pop();
      this.push(T.DEDENT, pos, pos);
    }
    if (alt !== alts[alts.length - 1]) this.error('inconsistent use of tabs and spaces in indentation', pos, pos);
  }

  /** A logical line that begins with an IPython escape is one token; backslashes continue it. */
  protected escape(pos: number, code: number): number {
    if (code !== 37 && code !== 33 && code !== 63 && code !== 44 && code !== 59 && code !== 47) return pos;
    return this.magic(pos);
  }

  protected magic(pos: number): number {
    const source = this.source;
    let end = this.lineEnd(pos);
    while (end < source.length && end > pos && source.charCodeAt(end - 1) === 92) {
      end = this.lineEnd(this.afterBreak(end));
    }
    this.push(T.MAGIC, pos, end);
    return end;
  }

  /** `name?` at the end of a logical line makes the line one token. */
  protected help(): void {
    if (!this.ipython) return;
    const newline = this.count > 0 && this.kinds[this.count - 1] === T.NEWLINE ? this.count - 1 : this.count;
    const last = newline - 1;
    if (last <= this.lineToken || this.kinds[last] !== T.ERROR) return;
    if (this.source.charCodeAt(this.starts[last]!) !== 63) return;
    let token = this.lineToken;
    while (token < last && (this.kinds[token] === T.INDENT || this.kinds[token] === T.DEDENT)) token++;
    const end = this.ends[last]!;
    for (let index = token; index < this.count; index++) this.errors.delete(index);
    const newlineStart = newline < this.count ? this.starts[newline]! : -1;
    const newlineEnd = newline < this.count ? this.ends[newline]! : -1;
    this.count = token;
    this.push(T.MAGIC, this.starts[token]!, end);
    if (newlineStart >= 0) this.push(T.NEWLINE, newlineStart, newlineEnd);
  }

  /** A name, keyword or string prefix; `pos` is past its first character. */
  protected word(start: number, pos: number): number {
    const source = this.source;
    const length = source.length;
    let code = 0;
    while (pos < length) {
      code = source.charCodeAt(pos);
      if (code < 128) {
        const what = CLASS[code];
        if (what !== IDENT && what !== DIGIT) break;
        pos++;
      } else {
        const next = this.continueUnicode(pos);
        if (next === pos) break;
        pos = next;
      }
    }
    if (pos < length && (code === 34 || code === 39) && pos - start <= 2 && isPrefix(source, start, pos)) {
      return this.string(start, pos);
    }
    const kind = T.wordKind(source, start, pos);
    if (this.firstOnLine) {
      this.firstOnLine = false;
      if (kind !== T.NAME && this.brackets.length > 0 && T.onlyInStatements(kind)) return this.unclosedBefore(start);
    }
    this.push(kind, start, pos);
    return pos;
  }

  /** A statement begins inside brackets, at the start of a line: whatever is open was never closed. */
  protected unclosedBefore(pos: number): number {
    const open = this.bracketAt[0]!;
    return this.reopen(open, `'${this.source[open]}' was never closed`, pos);
  }

  /** End of the identifier characters beyond ASCII at `pos`; one character. */
  protected continueUnicode(pos: number): number {
    const char = String.fromCodePoint(this.source.codePointAt(pos)!);
    if (!ID_CONTINUE.test(char)) return pos;
    this.unicode = true;
    return pos + char.length;
  }

  protected foreign(pos: number): number {
    const char = String.fromCodePoint(this.source.codePointAt(pos)!);
    if (ID_START.test(char)) {
      this.unicode = true;
      return this.word(pos, pos + char.length);
    }
    if (char === '\ufeff' && pos === 0) return 1;
    const code = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const what = /[\p{C}\p{Z}]/u.test(char) ? `non-printable character U+${code}` : `character '${char}' (U+${code})`;
    this.error(`invalid ${what}`, pos, pos + char.length);
    return pos + char.length;
  }

  /** After a logical line's first `=`: `!command` or `%magic` takes the rest of the line. */
  protected assigned(pos: number): number {
    this.sawAssign = true;
    const source = this.source;
    let at = pos;
    while (CLASS[source.charCodeAt(at)] === SPACE) at++;
    const code = source.charCodeAt(at);
    if (code === 33 || (code === 37 && CLASS[source.charCodeAt(at + 1)] === IDENT)) return this.magic(at);
    return pos;
  }
}
