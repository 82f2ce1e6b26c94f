import * as T from './tokens';

const IDENT = 1;
const DIGIT = 2;
const SPACE = 3;
const BREAK = 4;
const QUOTE = 5;
const HASH = 6;
const BACKSLASH = 7;

const CLASS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const char = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(char)) CLASS[code] = IDENT;
  else if (/[0-9]/.test(char)) CLASS[code] = DIGIT;
  else if (/[ \t\f]/.test(char)) CLASS[code] = SPACE;
  else if (/[\n\r]/.test(char)) CLASS[code] = BREAK;
  else if (/["']/.test(char)) CLASS[code] = QUOTE;
  else if (char === '#') CLASS[code] = HASH;
  else if (char === '\\') CLASS[code] = BACKSLASH;
}

/** Marks, on the bracket stack, the brace of a replacement field of the innermost f-string. */
const FIELD = 1;
/** CPython's own limits (`Parser/tokenizer.c`): deeper nesting is refused, which also bounds every consumer's stack. */
const MAX_BRACKETS = 200;
const MAX_INDENT = 100;
const MAX_FSTRINGS = 100;

const ID_START = /^[\p{XID_Start}_]/u;
const ID_CONTINUE = /^\p{XID_Continue}/u;

interface FString {
  readonly start: number;
  readonly quote: number;
  readonly triple: boolean;
  readonly raw: boolean;
  /** Replacement fields of this string that are open: above 0, its text is a format spec. */
  fields: number;
}

/**
 * Turns `source` from `from` into tokens: three parallel arrays, kinds, starts and ends. Never throws; what is no token
 * becomes an `ERROR` with a message in `errors`. Linear in the text: an unclosed bracket or string is closed at the end
 * of its line and the rest is read again, but only as long as the text read twice stays in proportion.
 */
export class Lexer {
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  count = 0;
  /** Token index -> why it is an `ERROR`. */
  readonly errors = new Map<number, string>();
  /** Some name may need NFKC. */
  unicode = false;

  private indents: number[] = [0];
  private altIndents: number[] = [0];
  private brackets: number[] = [];
  private bracketAt: number[] = [];
  private fstrings: FString[] = [];
  private lineStart = true;
  /** First token of the logical line. */
  private lineToken = 0;
  private sawAssign = false;
  private firstOnLine = false;
  private reread = 0;
  private readonly noTriple: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

  constructor(
    private readonly source: string,
    private readonly ipython: boolean,
    from = 0
  ) {
    const size = ((source.length - from) >> 1) + 32;
    this.kinds = new Uint8Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
    this.run(from);
  }

  private push(kind: number, start: number, end: number): void {
    const at = this.count;
    if (at === this.kinds.length) this.grow();
    this.kinds[at] = kind;
    this.starts[at] = start;
    this.ends[at] = end;
    this.count = at + 1;
  }

  private grow(): void {
    const size = this.kinds.length * 2;
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds);
    this.kinds = kinds;
    const starts = new Int32Array(size);
    starts.set(this.starts);
    this.starts = starts;
    const ends = new Int32Array(size);
    ends.set(this.ends);
    this.ends = ends;
  }

  private error(message: string, start: number, end: number): void {
    this.errors.set(this.count, message);
    this.push(T.ERROR, start, end);
  }

  private run(from: number): void {
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

  /** Offset of the line break at or after `pos`, or the end. */
  private lineEnd(pos: number): number {
    const source = this.source;
    const length = source.length;
    while (pos < length) {
      const code = source.charCodeAt(pos);
      if (code === 10 || code === 13) return pos;
      pos++;
    }
    return length;
  }

  private afterBreak(pos: number): number {
    const source = this.source;
    if (pos >= source.length) return pos;
    return source.charCodeAt(pos) === 13 && source.charCodeAt(pos + 1) === 10 ? pos + 2 : pos + 1;
  }

  private newline(pos: number, code: number): number {
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

  /** Ends the logical line at `pos` with an error at `at`. */
  private abandon(message: string, at: number, pos: number): void {
    this.error(message, at, Math.min(at + 1, this.source.length));
    this.push(T.NEWLINE, pos, pos);
    this.brackets.length = 0;
    this.bracketAt.length = 0;
    this.fstrings.length = 0;
    this.lineStart = true;
  }

  /**
   * What opened at `open` is never closed: forgets the tokens past the end of its line, and goes on there. Each time
   * reads the rest again; once that exceeds a few times the text, every line end closes what is open (`reread` < 0).
   */
  private reopen(open: number, message: string, pos: number): number {
    const end = this.lineEnd(open);
    while (this.count > 0 && this.starts[this.count - 1]! >= end && this.kinds[this.count - 1] !== T.NEWLINE) {
      this.count--;
      this.errors.delete(this.count);
    }
    if (this.reread >= 0) {
      this.reread += pos - end;
      if (this.reread > 4 * this.source.length + 65536) this.reread = -1;
    }
    this.abandon(message, open, end);
    return this.afterBreak(end);
  }

  private finish(pos: number): void {
    if (this.count > this.lineToken) {
      this.help();
      const last = this.kinds[this.count - 1]!;
      if (last !== T.NEWLINE && last !== T.DEDENT) this.push(T.NEWLINE, pos, pos);
    }
    for (let depth = this.indents.length; depth > 1; depth--) this.push(T.DEDENT, pos, pos);
    this.push(T.EOF, pos, pos);
  }

  /** Reads blank lines and the indentation of the next logical line. */
  private indentation(pos: number): number {
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

  private indent(pos: number, column: number, alt: number): void {
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
  private escape(pos: number, code: number): number {
    if (code !== 37 && code !== 33 && code !== 63 && code !== 44 && code !== 59 && code !== 47) return pos;
    return this.magic(pos);
  }

  private magic(pos: number): number {
    const source = this.source;
    let end = this.lineEnd(pos);
    while (end < source.length && end > pos && source.charCodeAt(end - 1) === 92) {
      end = this.lineEnd(this.afterBreak(end));
    }
    this.push(T.MAGIC, pos, end);
    return end;
  }

  /** `name?` at the end of a logical line makes the line one token. */
  private help(): void {
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
  private word(start: number, pos: number): number {
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
  private unclosedBefore(pos: number): number {
    const open = this.bracketAt[0]!;
    return this.reopen(open, `'${this.source[open]}' was never closed`, pos);
  }

  /** End of the identifier characters beyond ASCII at `pos`; one character. */
  private continueUnicode(pos: number): number {
    const char = String.fromCodePoint(this.source.codePointAt(pos)!);
    if (!ID_CONTINUE.test(char)) return pos;
    this.unicode = true;
    return pos + char.length;
  }

  private foreign(pos: number): number {
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

  private number(pos: number): number {
    const source = this.source;
    const start = pos;
    const first = source.charCodeAt(pos);
    const second = source.charCodeAt(pos + 1) | 32;
    if (first === 48 && (second === 120 || second === 111 || second === 98)) {
      pos += 2;
      const digitsFrom = pos;
      let bad = false;
      for (;;) {
        if (source.charCodeAt(pos) === 95) pos++;
        const before = pos;
        while (isRadixDigit(source.charCodeAt(pos), second)) pos++;
        if (pos === before) {
          bad = true;
          break;
        }
        if (source.charCodeAt(pos) !== 95) break;
      }
      if (bad || pos === digitsFrom || CLASS[source.charCodeAt(pos)] === DIGIT) {
        return this.badNumber(start, pos, second === 120 ? 'hexadecimal' : second === 111 ? 'octal' : 'binary');
      }
      return this.endNumber(start, pos);
    }
    let integer = true;
    if (first !== 46) {
      pos = this.digits(pos);
      if (pos < 0) return this.badNumber(start, -pos, 'decimal');
    }
    if (source.charCodeAt(pos) === 46) {
      integer = false;
      pos++;
      if (CLASS[source.charCodeAt(pos)] === DIGIT) {
        pos = this.digits(pos);
        if (pos < 0) return this.badNumber(start, -pos, 'decimal');
      }
    }
    if ((source.charCodeAt(pos) | 32) === 101) {
      let next = pos + 1;
      const sign = source.charCodeAt(next);
      if (sign === 43 || sign === 45) next++;
      if (CLASS[source.charCodeAt(next)] === DIGIT) {
        integer = false;
        pos = this.digits(next);
        if (pos < 0) return this.badNumber(start, -pos, 'decimal');
      }
    }
    if ((source.charCodeAt(pos) | 32) === 106) {
      integer = false;
      pos++;
    }
    if (integer && first === 48) {
      for (let at = start; at < pos; at++) {
        const code = source.charCodeAt(at);
        if (code !== 48 && code !== 95) {
          this.error(
            'leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers',
            start,
            pos
          );
          return pos;
        }
      }
    }
    return this.endNumber(start, pos);
  }

  /** End of `digit (_? digit)*`; negated if an underscore is misplaced. */
  private digits(pos: number): number {
    const source = this.source;
    for (;;) {
      while (CLASS[source.charCodeAt(pos)] === DIGIT) pos++;
      if (source.charCodeAt(pos) !== 95) return pos;
      pos++;
      if (CLASS[source.charCodeAt(pos)] !== DIGIT) return -pos;
    }
  }

  private badNumber(start: number, pos: number, what: string): number {
    while (pos < this.source.length && isWordCode(this.source.charCodeAt(pos))) pos++;
    this.error(`invalid ${what} literal`, start, pos);
    return pos;
  }

  /** `1if x else y` is valid (a keyword may follow a number); `1x` is not. */
  private endNumber(start: number, pos: number): number {
    const code = this.source.charCodeAt(pos);
    if (code >= 128 && !ID_CONTINUE.test(String.fromCodePoint(this.source.codePointAt(pos)!))) {
      this.push(T.NUMBER, start, pos);
      return pos;
    }
    if (isWordCode(code) && !/^(?:and|else|for|if|in|is|not|or)/.test(this.source.slice(pos, pos + 4))) {
      return this.badNumber(start, pos, 'decimal');
    }
    this.push(T.NUMBER, start, pos);
    return pos;
  }

  /** A string whose prefix begins at `start` and whose quote stands at `pos`. */
  private string(start: number, pos: number): number {
    const source = this.source;
    const quote = source.charCodeAt(pos);
    const triple = source.charCodeAt(pos + 1) === quote && source.charCodeAt(pos + 2) === quote;
    for (let at = start; at < pos; at++) {
      const letter = source.charCodeAt(at) | 32;
      if (letter === 102 || letter === 116) return this.fstring(start, pos, quote, triple);
    }
    if (triple) return this.tripleString(start, pos, quote);
    const length = source.length;
    let at = pos + 1;
    while (at < length) {
      const code = source.charCodeAt(at);
      if (code === quote) {
        this.push(T.STRING, start, at + 1);
        return at + 1;
      }
      if (code === 92) {
        at += source.charCodeAt(at + 1) === 13 && source.charCodeAt(at + 2) === 10 ? 3 : 2;
        continue;
      }
      if (code === 10 || code === 13) break;
      at++;
    }
    return this.unterminated('unterminated string literal', start);
  }

  private unterminated(message: string, start: number): number {
    const end = this.lineEnd(start);
    this.error(message, start, end);
    this.brackets.length = 0;
    this.bracketAt.length = 0;
    this.fstrings.length = 0;
    return end;
  }

  private tripleString(start: number, pos: number, quote: number): number {
    const source = this.source;
    const length = source.length;
    const which = quote === 34 ? 0 : 1;
    if (pos < this.noTriple[which]) {
      const three = quote === 34 ? '"""' : "'''";
      let at = pos + 3;
      for (;;) {
        const end = source.indexOf(three, at);
        if (end < 0) break;
        // An odd number of backslashes escapes the quote.
        let slash = end - 1;
        while (slash >= pos + 3 && source.charCodeAt(slash) === 92) slash--;
        if (((end - slash) & 1) === 1) {
          this.push(T.STRING, start, end + 3);
          this.firstOnLine = false;
          return end + 3;
        }
        at = end + 1;
      }
      this.noTriple[which] = pos;
    }
    return this.reopen(start, 'unterminated triple-quoted string literal', length);
  }

  private fstring(start: number, pos: number, quote: number, triple: boolean): number {
    if (this.fstrings.length >= MAX_FSTRINGS) return this.unterminated('f-string: too many nested f-strings', start);
    let raw = false;
    for (let at = start; at < pos; at++) if ((this.source.charCodeAt(at) | 32) === 114) raw = true;
    const open = pos + (triple ? 3 : 1);
    this.push(T.FSTART, start, open);
    this.fstrings.push({ start, quote, triple, raw, fields: 0 });
    return this.fstringText(open);
  }

  /** Reads literal text of the innermost f-string up to a field, the end of the spec, or the closing quote. */
  private fstringText(pos: number): number {
    const source = this.source;
    const length = source.length;
    const string = this.fstrings[this.fstrings.length - 1]!;
    const { quote, triple, raw } = string;
    const inSpec = string.fields > 0;
    const start = pos;
    while (pos < length) {
      const code = source.charCodeAt(pos);
      if (code === quote) {
        if (!triple || (source.charCodeAt(pos + 1) === quote && source.charCodeAt(pos + 2) === quote)) {
          if (pos > start) this.push(T.FMIDDLE, start, pos);
          if (inSpec) return this.unterminated("f-string: expecting '}'", string.start);
          const end = pos + (triple ? 3 : 1);
          this.push(T.FEND, pos, end);
          this.fstrings.pop();
          this.firstOnLine = false;
          return end;
        }
        pos++;
      } else if (code === 92) {
        const next = source.charCodeAt(pos + 1);
        if (!raw && next === 78 && source.charCodeAt(pos + 2) === 123) {
          pos += 3;
          while (pos < length && /[-A-Za-z0-9 ]/.test(source[pos]!)) pos++;
          if (source.charCodeAt(pos) === 125) pos++;
        } else if (next === 123 || next === 125) pos++;
        else if (next === 13 && source.charCodeAt(pos + 2) === 10) pos += 3;
        else pos += 2;
      } else if (code === 123) {
        if (!inSpec && source.charCodeAt(pos + 1) === 123) {
          pos += 2;
          continue;
        }
        if (pos > start) this.push(T.FMIDDLE, start, pos);
        if (this.brackets.length >= MAX_BRACKETS) return this.tooDeep(pos);
        this.push(T.LBRACE, pos, pos + 1);
        this.brackets.push(FIELD);
        this.bracketAt.push(pos);
        string.fields++;
        return pos + 1;
      } else if (code === 125) {
        if (inSpec) {
          if (pos > start) this.push(T.FMIDDLE, start, pos);
          return this.closeField(pos, string);
        }
        if (source.charCodeAt(pos + 1) === 125) {
          pos += 2;
          continue;
        }
        return this.unterminated("f-string: single '}' is not allowed", pos);
      } else if ((code === 10 || code === 13) && !triple) {
        return this.unterminated('unterminated f-string literal', string.start);
      } else pos++;
    }
    if (!triple) return this.unterminated('unterminated f-string literal', string.start);
    return this.reopen(this.fstrings[0]!.start, 'unterminated triple-quoted f-string literal', length);
  }

  private closeField(pos: number, string: FString): number {
    this.push(T.RBRACE, pos, pos + 1);
    this.brackets.pop();
    this.bracketAt.pop();
    string.fields--;
    return this.fstringText(pos + 1);
  }

  private tooDeep(pos: number): number {
    this.error('too many nested parentheses', pos, pos + 1);
    this.brackets.length = 0;
    this.bracketAt.length = 0;
    this.fstrings.length = 0;
    return this.lineEnd(pos);
  }

  private open(kind: number, code: number, pos: number): number {
    if (this.brackets.length >= MAX_BRACKETS) return this.tooDeep(pos);
    this.push(kind, pos, pos + 1);
    this.brackets.push(code);
    this.bracketAt.push(pos);
    return pos + 1;
  }

  private close(kind: number, open: number, pos: number): number {
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

  private plain(kind: number, pos: number, width: number): number {
    this.push(kind, pos, pos + width);
    return pos + width;
  }

  /** An operator with an augmented form. */
  private augmentable(kind: number, pos: number, width: number): number {
    if (this.source.charCodeAt(pos + width) === 61) return this.plain(T.AUGMENTED + kind, pos, width + 1);
    return this.plain(kind, pos, width);
  }

  private operator(pos: number, code: number): number {
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

  /** After a logical line's first `=`: `!command` or `%magic` takes the rest of the line. */
  private assigned(pos: number): number {
    this.sawAssign = true;
    const source = this.source;
    let at = pos;
    while (CLASS[source.charCodeAt(at)] === SPACE) at++;
    const code = source.charCodeAt(at);
    if (code === 33 || (code === 37 && CLASS[source.charCodeAt(at + 1)] === IDENT)) return this.magic(at);
    return pos;
  }
}

function isPrefix(source: string, start: number, end: number): boolean {
  const first = source.charCodeAt(start) | 32;
  // r b u f t
  if (end - start === 1) return first === 114 || first === 98 || first === 117 || first === 102 || first === 116;
  const second = source.charCodeAt(start + 1) | 32;
  const other = first === 114 ? second : second === 114 ? first : 0;
  return other === 98 || other === 102 || other === 116;
}

function isRadixDigit(code: number, radix: number): boolean {
  if (radix === 120) return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
  return code >= 48 && code <= (radix === 111 ? 55 : 49);
}

function isWordCode(code: number): boolean {
  return code >= 128 || CLASS[code] === IDENT || CLASS[code] === DIGIT;
}
