import type { Constant, Expr, FormattedValue, Interpolation, JoinedStr } from './ast';
import { ExpressionParser } from './expressions';
import { applyEscapes, normalBreaks, undouble } from './strings';
import * as T from './tokens';

type Piece = Constant | FormattedValue | Interpolation;

/** String literals: adjacent ones joined, f-strings (PEP 701) and t-strings (PEP 750) taken apart. */
export abstract class LiteralParser extends ExpressionParser {
  protected strings(): Expr {
    const first = this.at;
    const start = this.start;
    if (this.kind === T.STRING) {
      const following = this.peek();
      if (following !== T.STRING && following !== T.FSTART) return this.plainString();
    }
    let bytes = 0;
    let texts = 0;
    let formats = 0;
    let templates = 0;
    const pieces: Piece[] = [];
    let height = 0;
    while (this.kind === T.STRING || this.kind === T.FSTART) {
      if (this.kind === T.STRING) {
        const piece = this.plainString();
        if (piece.value.type === 'bytes') bytes++;
        else texts++;
        pieces.push(piece);
      } else {
        const prefix = this.source.charCodeAt(this.start) | 32;
        const second = this.source.charCodeAt(this.start + 1) | 32;
        const template = prefix === 116 || (prefix === 114 && second === 116);
        if (template) templates++;
        else formats++;
        this.enter();
        this.formatted(pieces, template);
        this.depth--;
        if (this.height > height) height = this.height;
      }
    }
    const end = this.lastEnd;
    if (bytes > 0 && texts + formats + templates > 0) {
      this.fail('cannot mix bytes and nonbytes literals', this.starts[first]!, end);
    }
    if (templates > 0 && texts + formats > 0) {
      this.fail('cannot mix t-string literals with string or f-string literals', this.starts[first]!, end);
    }
    this.raise(height + 1);
    if (formats === 0 && templates === 0) {
      let value = '';
      for (const piece of pieces) value += textOf(piece);
      return { kind: 'Constant', start, end, value: { type: bytes > 0 ? 'bytes' : 'str', value } };
    }
    const values = joined(pieces);
    if (templates > 0) return { kind: 'TemplateStr', start, end, values };
    return { kind: 'JoinedStr', start, end, values: values as (Constant | FormattedValue)[] };
  }

  private plainString(): Constant {
    const start = this.start;
    const end = this.ends[this.at]!;
    const source = this.source;
    let open = start;
    let raw = false;
    let bytes = false;
    for (;;) {
      const code = source.charCodeAt(open);
      if (code === 34 || code === 39) break;
      if ((code | 32) === 114) raw = true;
      else if ((code | 32) === 98) bytes = true;
      open++;
    }
    const quote = source.charCodeAt(open);
    const triple = end - open >= 6 && source.charCodeAt(open + 1) === quote && source.charCodeAt(open + 2) === quote;
    const width = triple ? 3 : 1;
    let value = source.slice(open + width, end - width);
    if (value.indexOf('\r') >= 0) value = normalBreaks(value);
    if (bytes && /[^\x00-\x7f]/.test(value)) {
      this.fail('bytes can only contain ASCII literal characters', start, end);
    }
    if (!raw && value.indexOf('\\') >= 0) value = this.decoded(value, bytes, start, end);
    this.next();
    this.height = 0;
    return { kind: 'Constant', start, end, value: { type: bytes ? 'bytes' : 'str', value } };
  }

  private decoded(text: string, bytes: boolean, start: number, end: number): string {
    const { value, error } = applyEscapes(text, bytes, this.options.namedCharacter);
    if (error !== null) this.fail(error, start, end);
    return value;
  }

  private formatted(pieces: Piece[], template: boolean): void {
    const start = this.start;
    const open = this.text();
    const raw = /r/i.test(open);
    this.next();
    this.height = 0;
    this.fields(pieces, raw, template, false, start);
    if (this.kind !== T.FEND) this.fail('unterminated f-string literal', start);
    this.next();
  }

  private fields(pieces: Piece[], raw: boolean, template: boolean, spec: boolean, start: number): void {
    let height = 0;
    for (;;) {
      if (this.kind === T.FMIDDLE) {
        let text = normalBreaks(this.text());
        if (!raw && text.indexOf('\\') >= 0) {
          // `{{` counts only outside `\N{…}`, and an escape cannot make one.
          text = text
            .split(/(\\N\{[^}]*\})/)
            .map((part, index) => (index % 2 === 1 || spec ? part : undouble(part)))
            .join('');
          text = this.decoded(text, false, this.start, this.ends[this.at]!);
        } else if (!spec) text = undouble(text);
        pieces.push({
          kind: 'Constant',
          start: this.start,
          end: this.ends[this.at]!,
          value: { type: 'str', value: text }
        });
        this.next();
      } else if (this.kind === T.LBRACE) {
        this.enter();
        this.field(pieces, raw, template, start);
        this.depth--;
        if (this.height > height) height = this.height;
      } else break;
    }
    this.height = height;
  }

  private field(pieces: Piece[], raw: boolean, template: boolean, stringStart: number): void {
    const start = this.start;
    const inside = this.ends[this.at]!;
    this.next();
    if (this.kind === T.RBRACE || this.kind === T.EXCLAMATION || this.kind === T.COLON) {
      this.fail('f-string: a value is expected before the end of the field', start);
    }
    // A walrus needs parentheses here, since `:` begins the spec.
    const value = this.kind === T.K_YIELD ? this.yield() : this.plain(this.starExpressions());
    let height = this.height;
    let debug = false;
    if (this.kind === T.EQUAL) {
      this.next();
      debug = true;
      const text = normalBreaks(this.source.slice(inside, this.start));
      pieces.push({ kind: 'Constant', start: inside, end: this.start, value: { type: 'str', value: text } });
    }
    let conversion: 's' | 'r' | 'a' | null = null;
    if (this.kind === T.EXCLAMATION) {
      this.next();
      const letter = this.text();
      if (this.kind !== T.NAME || (letter !== 's' && letter !== 'r' && letter !== 'a')) {
        this.fail("f-string: expected 's', 'r' or 'a' after '!'");
      }
      if (this.starts[this.at] !== this.ends[this.at - 1]) {
        this.fail('f-string: conversion type must come right after the exclamation mark');
      }
      conversion = letter;
      this.next();
    }
    let spec: JoinedStr | null = null;
    if (this.kind === T.COLON) {
      this.next();
      const specStart = this.lastEnd;
      const inner: Piece[] = [];
      this.fields(inner, raw, false, true, stringStart);
      if (this.height > height) height = this.height;
      const values = joined(inner) as (Constant | FormattedValue)[];
      spec = { kind: 'JoinedStr', start: specStart, end: this.lastEnd, values };
    } else if (debug && conversion === null) conversion = 'r';
    if (this.kind !== T.RBRACE) this.fail("f-string: expecting '}'");
    this.next();
    this.raise(height + 1);
    const end = this.lastEnd;
    pieces.push(
      template
        ? { kind: 'Interpolation', start, end, value, conversion, spec }
        : { kind: 'FormattedValue', start, end, value, conversion, spec }
    );
  }
}

function textOf(piece: Piece): string {
  return piece.kind === 'Constant' && (piece.value.type === 'str' || piece.value.type === 'bytes')
    ? piece.value.value
    : '';
}

/** Neighbouring texts become one constant, empty ones vanish. */
function joined(pieces: readonly Piece[]): Piece[] {
  const values: Piece[] = [];
  let text = '';
  let start = -1;
  let end = -1;
  const flush = (): void => {
    if (text !== '') values.push({ kind: 'Constant', start, end, value: { type: 'str', value: text } });
    text = '';
    start = -1;
  };
  for (const piece of pieces) {
    if (piece.kind === 'Constant') {
      if (start < 0) start = piece.start;
      end = piece.end;
      text += textOf(piece);
    } else {
      flush();
      values.push(piece);
    }
  }
  flush();
  return values;
}
