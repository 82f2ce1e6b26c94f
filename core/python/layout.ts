/**
 * A cell as IPython strips it before it reads it: leading empty lines go, then the common indentation, then `>>>`/`...`
 * and `In [1]:`/`...:` prompts. `lines[i]` begins at `starts[i]` of `text` and stood at `origins[i]` of the cell.
 */
export interface Layout {
  readonly text: string;
  readonly starts: readonly number[];
  readonly origins: readonly number[];
}

const PS1 = /^\s*>>>[ \t]?/;
const PS2 = /^\s*\.\.\.[ \t]?/;
const PROMPT = /^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)/;

interface Line {
  readonly origin: number;
  readonly text: string;
}

/** `null`: nothing to strip. Source: `IPython.core.inputtransformer2`, its four clean-up transforms. */
export function layout(source: string): Layout | null {
  let at = 0;
  while (at < source.length && /\s/.test(source.charAt(at))) at++;
  const before = source.charAt(at - 1);
  const indented = at > 0 && (before === ' ' || before === '\t');
  if (!indented && source.indexOf('>>>') < 0 && !/In \[\d|\.{3,}:/.test(source)) return null;
  let lines = linesOf(source);
  while (lines.length > 1 && lines[0]!.text.trim() === '') lines.shift();
  lines = dedent(lines);
  lines = classic(lines);
  const [first, second] = lines;
  if ((first && PROMPT.test(first.text)) || (second && PROMPT.test(second.text)))
    lines = lines.map(l => strip(l, PROMPT));
  let text = '';
  const starts: number[] = [];
  const origins: number[] = [];
  const parts: string[] = [];
  let length = 0;
  for (const line of lines) {
    starts.push(length);
    origins.push(line.origin);
    parts.push(line.text);
    length += line.text.length;
  }
  text = parts.join('');
  return text === source ? null : { text, starts, origins };
}

function linesOf(source: string): Line[] {
  const lines: Line[] = [];
  let origin = 0;
  for (const text of source.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []) {
    lines.push({ origin, text });
    origin += text.length;
  }
  return lines;
}

function cut(line: Line, width: number): Line {
  return width === 0 ? line : { origin: line.origin + width, text: line.text.slice(width) };
}

function strip(line: Line, prompt: RegExp): Line {
  return cut(line, prompt.exec(line.text)?.[0].length ?? 0);
}

/** `textwrap.dedent`: the longest common leading whitespace of the lines that have text; blank lines lose theirs. */
function dedent(lines: readonly Line[]): Line[] {
  let margin: string | null = null;
  for (const { text } of lines) {
    if (text.trim() === '') continue;
    const indent = /^[ \t]*/.exec(text)![0];
    if (margin === null) margin = indent;
    else {
      let same = 0;
      while (same < margin.length && margin.charAt(same) === indent.charAt(same)) same++;
      margin = margin.slice(0, same);
    }
  }
  const width = margin?.length ?? 0;
  if (width === 0) return [...lines];
  return lines.map(line => {
    const blank = line.text.trim() === '' ? /^[ \t]*/.exec(line.text)![0].length : width;
    return cut(line, blank);
  });
}

/** Doctest prompts, outside triple-quoted strings that hold them as text. */
function classic(lines: readonly Line[]): Line[] {
  const quoted = tripleMask(lines);
  if (!lines.some((line, index) => !quoted[index] && PS1.test(line.text))) return [...lines];
  const stripped = lines.map((line, index) => {
    if (quoted[index]) return line;
    return strip(line, PS1.test(line.text) ? PS1 : PS2);
  });
  const result: Line[] = [];
  for (let from = 0; from < lines.length; ) {
    let to = from;
    while (to < lines.length && quoted[to] === quoted[from]) to++;
    const segment = stripped.slice(from, to);
    const changed = segment.some((line, index) => line !== lines[from + index]);
    result.push(...(changed && !quoted[from] ? dedent(segment) : segment));
    from = to;
  }
  return result;
}

/** IPython's own heuristic, step for step. */
function tripleMask(lines: readonly Line[]): boolean[] {
  const mask: boolean[] = [];
  let open: string | null = null;
  let keep = false;
  let seen = false;
  for (const { text } of lines) {
    mask.push(open !== null && keep);
    for (const match of text.matchAll(/(?<!\\)("""|''')/g)) {
      if (open === null) {
        open = match[1]!;
        const before = text.slice(0, match.index);
        const bare = before.replace(PS1, '').replace(PS2, '');
        keep = !(bare !== before && seen) && /^[rubf]*$/i.test(bare.trim());
        mask[mask.length - 1] = keep;
      } else if (open === match[1]) {
        open = null;
        keep = false;
      }
    }
    seen ||= PS1.test(text);
  }
  return mask;
}

/** Moves every offset of a freshly parsed tree from the stripped text to the cell. */
export function relocate(root: object, { starts, origins, text }: Layout, sourceLength: number): void {
  const place = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return starts.length === 0 ? sourceLength : Math.min(sourceLength, origins[low]! + offset - starts[low]!);
  };
  const done = new Set<object>();
  const pending: object[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (done.has(node)) continue;
    done.add(node);
    const fields = node as { [key: string]: unknown };
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (typeof value === 'object' && value !== null) pending.push(value);
      else if (typeof value !== 'number') continue;
      else if (key === 'start' || key === 'attrStart' || key === 'bodyStart') fields[key] = place(value);
      else if (key === 'end') fields[key] = value === 0 || value === fields.start ? place(value) : place(value - 1) + 1;
    }
  }
  const module = root as { start: number; end: number };
  module.start = 0;
  module.end = text.length === 0 ? sourceLength : Math.max(module.end, sourceLength);
}
