import type { Problem } from './problem';

/** Deeper nesting than any notebook has; a bound, so that a hostile file cannot exhaust the stack of a later reader. */
const MAX_DEPTH = 200;

export type JsonReading =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** What was read, as strict JSON. */
      readonly text: string;
      readonly remarks: readonly Problem[];
    }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Reads JSON as Jupyter does: a byte order mark is passed over, of a repeated key the last one counts (a remark says
 * so), and Python's `NaN` and `Infinity`, which are no JSON, are taken as null with a remark. Anything else that is
 * wrong is told with line and column.
 */
export function readJson(text: string): JsonReading {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const scan = new Scan(body);
  const found = scan.run();
  if (found !== null) {
    return { ok: false, problem: found };
  }
  let source = body;
  for (const at of scan.constants.toReversed()) {
    source = `${source.slice(0, at.start)}null${source.slice(at.end)}`;
  }
  try {
    return { ok: true, value: JSON.parse(source), text: source, remarks: scan.remarks };
  } catch (error) {
    // Only what the scan leaves to the engine: a malformed number or escape.
    const message = error instanceof Error ? error.message : String(error);
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    return { ok: false, problem: malformed(source, offset, 'a number or an escape in a string is malformed') };
  }
}

function malformed(text: string, offset: number, what: string): Problem {
  const at = place(text, offset);
  return {
    code: 'notebook-json',
    message: `Not valid JSON at line ${at.line}, column ${at.column}: ${what}.`,
    fix: 'Restore the file from a checkpoint or from version control, or save it again from Jupyter.',
    at
  };
}

function place(text: string, offset: number): { line: number; column: number } {
  const before = text.lastIndexOf('\n', offset - 1);
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return { line, column: offset - before };
}

type Open =
  | { readonly kind: 'object'; readonly keys: Set<string>; state: 'key-or-end' | 'key' | 'colon' | 'value' | 'next' }
  | { readonly kind: 'list'; state: 'value-or-end' | 'value' | 'next' };

/** One pass over the structure; strings are jumped over with `indexOf`, so that pictures in outputs cost nothing. */
class Scan {
  readonly constants: { readonly start: number; readonly end: number }[] = [];
  readonly remarks: Problem[] = [];
  private at = 0;
  private readonly open: Open[] = [];
  private done = false;

  constructor(private readonly text: string) {}

  run(): Problem | null {
    const space = /[ \t\r\n]*/y;
    for (;;) {
      space.lastIndex = this.at;
      space.test(this.text);
      this.at = space.lastIndex;
      if (this.at >= this.text.length) {
        return this.done ? null : malformed(this.text, this.at, this.unfinished());
      }
      const wrong = this.done ? 'something follows the end of the notebook' : this.token();
      if (wrong !== null) {
        return malformed(this.text, this.at, wrong);
      }
    }
  }

  private unfinished(): string {
    return this.open.length === 0 ? 'the file is empty' : 'the file ends too early, it seems to be cut off';
  }

  private token(): string | null {
    const top = this.open.at(-1);
    const char = this.text[this.at]!;
    if (top?.kind === 'object') {
      if (char === '}' && (top.state === 'key-or-end' || top.state === 'next')) {
        return this.close();
      }
      if (top.state === 'next') {
        return this.expect(',', () => (top.state = 'key'));
      }
      if (top.state === 'colon') {
        return this.expect(':', () => (top.state = 'value'));
      }
      if (top.state === 'key' || top.state === 'key-or-end') {
        return this.key(top);
      }
    } else if (top?.kind === 'list') {
      if (char === ']' && (top.state === 'value-or-end' || top.state === 'next')) {
        return this.close();
      }
      if (top.state === 'next') {
        return this.expect(',', () => (top.state = 'value'));
      }
    }
    return this.value(char);
  }

  private expect(char: string, then: () => void): string | null {
    if (this.text[this.at] !== char) {
      return `'${char}' expected`;
    }
    this.at += 1;
    then();
    return null;
  }

  private close(): null {
    this.open.pop();
    this.at += 1;
    this.valueEnded();
    return null;
  }

  private valueEnded(): void {
    const top = this.open.at(-1);
    if (top === undefined) {
      this.done = true;
    } else {
      top.state = 'next';
    }
  }

  private key(top: Open & { kind: 'object' }): string | null {
    if (this.text[this.at] !== '"') {
      return 'a key in double quotes expected';
    }
    const start = this.at;
    const wrong = this.string();
    if (wrong !== null) {
      return wrong;
    }
    const key = this.text.slice(start + 1, this.at - 1);
    if (top.keys.has(key)) {
      const at = place(this.text, start);
      this.remarks.push({
        code: 'notebook-duplicate-key',
        message: `The key '${key.slice(0, 60)}' is there twice in one object (line ${at.line}); the last one counts.`,
        fix: 'Save the notebook again from Jupyter.',
        at
      });
    }
    top.keys.add(key);
    top.state = 'colon';
    return null;
  }

  private string(): string | null {
    for (let end = this.text.indexOf('"', this.at + 1); end !== -1; end = this.text.indexOf('"', end + 1)) {
      let slashes = 0;
      while (this.text[end - 1 - slashes] === '\\') {
        slashes += 1;
      }
      if (slashes % 2 === 0) {
        this.at = end + 1;
        return null;
      }
    }
    this.at = this.text.length;
    return 'the file ends inside a string, it seems to be cut off';
  }

  private value(char: string): string | null {
    if (char === '{' || char === '[') {
      if (this.open.length >= MAX_DEPTH) {
        return `nested deeper than ${MAX_DEPTH} levels`;
      }
      this.open.push(
        char === '{'
          ? { kind: 'object', keys: new Set(), state: 'key-or-end' }
          : { kind: 'list', state: 'value-or-end' }
      );
      this.at += 1;
      return null;
    }
    if (char === '"') {
      const wrong = this.string();
      if (wrong === null) {
        this.valueEnded();
      }
      return wrong;
    }
    const word = /-?(?:NaN|Infinity)|true|false|null|-?[0-9][0-9.eE+-]*/y;
    word.lastIndex = this.at;
    const found = word.exec(this.text)?.[0];
    if (found === undefined) {
      return `'${[...this.text.slice(this.at, this.at + 2)][0] ?? ''}' is not expected here`;
    }
    if (found.endsWith('NaN') || found.endsWith('Infinity')) {
      const at = place(this.text, this.at);
      this.constants.push({ start: this.at, end: this.at + found.length });
      this.remarks.push({
        code: 'notebook-nan',
        message: `'${found}' at line ${at.line}, column ${at.column} is no JSON; it is read as null.`,
        fix: 'Clear the outputs and save the notebook again.',
        at
      });
    }
    this.at += found.length;
    this.valueEnded();
    return null;
  }
}
