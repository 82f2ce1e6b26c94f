import { CLASS, DIGIT, ID_CONTINUE, isRadixDigit, isWordCode } from './characters';
import * as T from './tokens';

/** The growing token arrays, and numbers. */
export class NumberLexer {
  kinds: Uint8Array;

  starts: Int32Array;

  ends: Int32Array;

  count = 0;

  /** Token index -> why it is an `ERROR`. */
  readonly errors = new Map<number, string>();

  constructor(
    protected readonly source: string,
    from: number
  ) {
    const size = ((source.length - from) >> 1) + 32;
    this.kinds = new Uint8Array(size);
    this.starts = new Int32Array(size);
    this.ends = new Int32Array(size);
  }

  protected push(kind: number, start: number, end: number): void {
    const at = this.count;
    if (at === this.kinds.length) this.grow();
    this.kinds[at] = kind;
    this.starts[at] = start;
    this.ends[at] = end;
    this.count = at + 1;
  }

  protected grow(): void {
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

  protected error(message: string, start: number, end: number): void {
    this.errors.set(this.count, message);
    this.push(T.ERROR, start, end);
  }

  protected number(pos: number): number {
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
  protected digits(pos: number): number {
    const source = this.source;
    for (;;) {
      while (CLASS[source.charCodeAt(pos)] === DIGIT) pos++;
      if (source.charCodeAt(pos) !== 95) return pos;
      pos++;
      if (CLASS[source.charCodeAt(pos)] !== DIGIT) return -pos;
    }
  }

  protected badNumber(start: number, pos: number, what: string): number {
    while (pos < this.source.length && isWordCode(this.source.charCodeAt(pos))) pos++;
    this.error(`invalid ${what} literal`, start, pos);
    return pos;
  }

  /** `1if x else y` is valid (a keyword may follow a number); `1x` is not. */
  protected endNumber(start: number, pos: number): number {
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
}
