import { NumberLexer } from './lexer-numbers';
import * as T from './tokens';

/** Marks, on the bracket stack, the brace of a replacement field of the innermost f-string. */
export const FIELD = 1;
/** CPython's own limits (`Parser/tokenizer.c`): deeper nesting is refused, which also bounds every consumer's stack. */
export const MAX_BRACKETS = 200;
const MAX_FSTRINGS = 100;

interface FString {
  readonly start: number;
  readonly quote: number;
  readonly triple: boolean;
  readonly raw: boolean;
  /** Replacement fields of this string that are open: above 0, its text is a format spec. */
  fields: number;
}

/** Strings, f-strings and t-strings, the brackets that are open, and how what is never closed ends. */
export class StringLexer extends NumberLexer {
  protected brackets: number[] = [];

  protected bracketAt: number[] = [];

  protected fstrings: FString[] = [];

  protected lineStart = true;

  protected firstOnLine = false;

  protected reread = 0;

  private readonly noTriple: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

  /** Offset of the line break at or after `pos`, or the end. */
  protected lineEnd(pos: number): number {
    const source = this.source;
    const length = source.length;
    while (pos < length) {
      const code = source.charCodeAt(pos);
      if (code === 10 || code === 13) return pos;
      pos++;
    }
    return length;
  }

  protected afterBreak(pos: number): number {
    const source = this.source;
    if (pos >= source.length) return pos;
    return source.charCodeAt(pos) === 13 && source.charCodeAt(pos + 1) === 10 ? pos + 2 : pos + 1;
  }

  /** Ends the logical line at `pos` with an error at `at`. */
  protected abandon(message: string, at: number, pos: number): void {
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
  protected reopen(open: number, message: string, pos: number): number {
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

  /** A string whose prefix begins at `start` and whose quote stands at `pos`. */
  protected string(start: number, pos: number): number {
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

  protected unterminated(message: string, start: number): number {
    const end = this.lineEnd(start);
    this.error(message, start, end);
    this.brackets.length = 0;
    this.bracketAt.length = 0;
    this.fstrings.length = 0;
    return end;
  }

  protected tripleString(start: number, pos: number, quote: number): number {
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

  protected fstring(start: number, pos: number, quote: number, triple: boolean): number {
    if (this.fstrings.length >= MAX_FSTRINGS) return this.unterminated('f-string: too many nested f-strings', start);
    let raw = false;
    for (let at = start; at < pos; at++) if ((this.source.charCodeAt(at) | 32) === 114) raw = true;
    const open = pos + (triple ? 3 : 1);
    this.push(T.FSTART, start, open);
    this.fstrings.push({ start, quote, triple, raw, fields: 0 });
    return this.fstringText(open);
  }

  /** Reads literal text of the innermost f-string up to a field, the end of the spec, or the closing quote. */
  protected fstringText(pos: number): number {
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

  protected closeField(pos: number, string: FString): number {
    this.push(T.RBRACE, pos, pos + 1);
    this.brackets.pop();
    this.bracketAt.pop();
    string.fields--;
    return this.fstringText(pos + 1);
  }

  protected tooDeep(pos: number): number {
    this.error('too many nested parentheses', pos, pos + 1);
    this.brackets.length = 0;
    this.bracketAt.length = 0;
    this.fstrings.length = 0;
    return this.lineEnd(pos);
  }
}
