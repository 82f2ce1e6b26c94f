/** Ways to mark text; on anything but a terminal, or with NO_COLOR set, they leave it as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN: Style = { bold: same, dim: same, red: same, green: same, yellow: same, cyan: same };

export function style(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): Style {
  if (stream.isTTY !== true || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb') {
    return PLAIN;
  }
  const mark = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
  return {
    bold: mark(1, 22),
    dim: mark(2, 22),
    red: mark(31, 39),
    green: mark(32, 39),
    yellow: mark(33, 39),
    cyan: mark(36, 39)
  };
}

/** Columns of the stream; wide enough to lose nothing where it is no terminal. */
export function width(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY === true ? Math.max(40, stream.columns ?? 80) : 120;
}

/** Latin text and the signs that we draw with: a column each. */
const NARROW = /^[\x20-\x7e\xa0-\u02ff\u2010-\u27bf]*$/;

/** Made when it is needed: loading its tables is a tenth of a quick command. */
let segmenter: Intl.Segmenter | null = null;

function segments(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

function columnsOf(grapheme: string): number {
  const code = grapheme.codePointAt(0)!;
  const wide =
    code >= 0x1100 &&
    (code <= 0x115f ||
      (code >= 0x2e80 && code <= 0xa4cf) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) ||
      (code >= 0xffe0 && code <= 0xffe6) ||
      (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd));
  return wide ? 2 : 1;
}

/** Columns that a text without marks takes: wide East Asian characters and emoji take two. */
export function columns(text: string): number {
  if (NARROW.test(text)) {
    return text.length;
  }
  let sum = 0;
  for (const { segment } of segments(text)) {
    sum += columnsOf(segment);
  }
  return sum;
}

/** Cuts a text in the middle so that it takes at most `most` columns; control characters become spaces. */
export function fit(text: string, most: number): string {
  const clean = text.replace(/\p{Cc}+/gu, ' ');
  if (columns(clean) <= most) {
    return clean;
  }
  const parts = [...segments(clean)].map(({ segment }) => segment);
  const head: string[] = [];
  const tail: string[] = [];
  let left = Math.max(0, most - 1);
  for (let a = 0, b = parts.length - 1; a <= b; ) {
    const front = head.length <= tail.length;
    const next = front ? parts[a]! : parts[b]!;
    if (columnsOf(next) > left) {
      break;
    }
    left -= columnsOf(next);
    if (front) {
      head.push(next);
      a += 1;
    } else {
      tail.unshift(next);
      b -= 1;
    }
  }
  return `${head.join('')}…${tail.join('')}`;
}

/** `text` and spaces up to `most` columns. */
export function pad(text: string, most: number): string {
  return text + ' '.repeat(Math.max(0, most - columns(text)));
}
