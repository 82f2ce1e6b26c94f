import type { Expr, Magic, Name, Stmt } from './ast';
import { FAILED, normalName } from './cursor';
import { fields } from './expand';
import { Frame, type FrameKind } from './frame';
import { layout, relocate } from './layout';
import { AUTOMAGIC, afterOptions, boundNames, type MagicRule, magicRule, RUNS_BODY } from './magics';
import { StatementParser } from './statements';
import * as T from './tokens';

/** Cell magics within cell magics (`%%time` over `%%capture`) that are followed. */
const MAX_NESTED = 20;
const HELP = /%{0,2}(?!\d)[\w*]+(?:\.(?!\d)[\w*]+|\[-?[0-9]+\])*(?=\?\??$)/u;
const BLANK = /[ \t]/;

/** `%timeit` puts its code into a function. */
function frameOf(rule: MagicRule): FrameKind {
  return rule.code === 'function' ? 'function' : 'module';
}

/** The whole grammar: Python, and IPython's lines where the options ask for them. */
export class Parser extends StatementParser {
  nested = 0;

  /** The token is a line, or the rest of one, in IPython's syntax. */
  protected magic(): Expr {
    const start = this.start;
    const end = this.ends[this.at]!;
    this.next();
    this.height = 0;
    return this.line(start, end);
  }

  private line(start: number, end: number): Expr {
    const source = this.source;
    const text = source.slice(start, end).trimEnd();
    const stop = start + text.length;
    const last = text.endsWith('?') && !text.startsWith('!') ? HELP.exec(text) : null;
    if (last !== null) return this.help(start, stop, start + last.index, last[0]);
    const first = text.charAt(0);
    if (first === '?') {
      const skip = text.startsWith('??') ? 2 : 1;
      const target = text.slice(skip).trim();
      return this.help(start, stop, target === '' ? stop : source.indexOf(target, start + skip), target);
    }
    if (first === '!') {
      const from = start + (text.startsWith('!!') ? 2 : 1);
      return this.node('shell', '', start, stop, from, true);
    }
    if (first === '%') {
      const space = text.indexOf(' ');
      const nameEnd = space < 0 ? text.length : space;
      return this.command(text.slice(1, nameEnd), start, stop, Math.min(stop, start + nameEnd + 1));
    }
    return this.autocall(first, start, stop);
  }

  private node(form: Magic['form'], name: string, start: number, end: number, from: number, expands: boolean): Magic {
    const line = this.source.slice(from, end);
    const reads = expands ? this.expansions(line, from) : [];
    return { kind: 'Magic', start, end, form, name, line, body: null, bodyStart: end, reads, binds: [], code: null };
  }

  private command(name: string, start: number, end: number, from: number): Magic {
    const rule = magicRule(name);
    const magic = this.node('line', name, start, end, from, rule.expands);
    if (rule.code === null) return magic;
    const reads = [...magic.reads, ...this.profiled(name, magic.line, from)];
    const skip = afterOptions(magic.line, rule);
    const body = this.embedded(from + skip, end, frameOf(rule));
    return { ...magic, reads, code: { scope: rule.code, body } };
  }

  /** `-f function` of `%lprun` and `%mprun`: evaluated. */
  private profiled(name: string, line: string, from: number): Expr[] {
    if (name !== 'lprun' && name !== 'mprun') return [];
    const found: Expr[] = [];
    for (const match of line.matchAll(/(?:^|\s)-[fm]\s*([\w.]+)/g)) {
      const start = from + match.index + match[0].length - match[1]!.length;
      const read = this.evaluated(start, start + match[1]!.length);
      if (read !== null) found.push(read);
    }
    return found;
  }

  private help(start: number, end: number, at: number, target: string): Magic {
    const read = /[%*]/.test(target) || target === '' ? null : this.evaluated(at, at + target.length);
    const reads = read === null ? [] : [read];
    return {
      kind: 'Magic',
      start,
      end,
      form: 'help',
      name: '',
      line: target,
      body: null,
      bodyStart: end,
      reads,
      binds: [],
      code: null
    };
  }

  /** `,f a b` and `;f a b` call `f` with the words as strings, `/f a b` with their values. */
  private autocall(mark: string, start: number, end: number): Magic {
    const magic = this.node('line', mark, start, end, start + 1, false);
    const args: Expr[] = [];
    let func: Expr | null = null;
    for (const word of magic.line.matchAll(/\S+/g)) {
      const at = start + 1 + word.index;
      if (func === null) {
        func = this.evaluated(at, at + word[0].length);
        if (func === null) return magic;
      } else if (mark === '/') {
        const value = this.evaluated(at, at + word[0].length);
        if (value === null) return magic;
        args.push(value);
      } else {
        const value = { type: 'str', value: word[0] } as const;
        args.push({ kind: 'Constant', start: at, end: at + word[0].length, value });
      }
    }
    if (func === null) return magic;
    const value: Expr = { kind: 'Call', start: start + 1, end, func, args, keywords: [] };
    return { ...magic, code: { scope: 'cell', body: [{ kind: 'ExprStmt', start: start + 1, end, value }] } };
  }

  /** A cell magic from its `%%`: the only statement of its cell. */
  cellMagic(start: number): Stmt {
    const source = this.source;
    let lineStop = start;
    while (lineStop < source.length && source.charAt(lineStop) !== '\n' && source.charAt(lineStop) !== '\r') lineStop++;
    let bodyStart = lineStop;
    if (bodyStart < source.length) bodyStart += source.startsWith('\r\n', bodyStart) ? 2 : 1;
    const first = source.slice(start, lineStop).trimEnd();
    const space = first.indexOf(' ');
    const name = first.slice(2, space < 0 ? first.length : space);
    const from = start + (space < 0 ? first.length : space + 1);
    const end = source.length;
    const rule = magicRule(name);
    const line = source.slice(from, start + first.length);
    const reads = [...(rule.expands ? this.expansions(line, from) : []), ...this.profiled(name, line, from)];
    const binds = boundNames(name, line).map((at): Name => {
      return { kind: 'Name', start: from + at.start, end: from + at.end, id: normalName(line.slice(at.start, at.end)) };
    });
    let code: Magic['code'] = null;
    if (RUNS_BODY.has(name)) {
      const skip = rule.code === null ? line.length : afterOptions(line, rule);
      const kind = frameOf(rule);
      const onLine = this.embedded(from + skip, from + line.length, kind);
      code = { scope: rule.code ?? 'cell', body: [...onLine, ...this.embedded(bodyStart, end, kind)] };
    }
    const body = source.slice(bodyStart);
    const value: Magic = { kind: 'Magic', start, end, form: 'cell', name, line, body, bodyStart, reads, binds, code };
    return { kind: 'ExprStmt', start, end, value };
  }

  /** What `line`, at offset `from`, reads when IPython expands it; nothing if it leaves the line alone. */
  private expansions(line: string, from: number): Expr[] {
    const found = fields(line);
    const reads: Expr[] = [];
    for (const { start, end } of found ?? []) {
      const read = this.evaluated(from + start, from + end);
      if (read === null) return [];
      reads.push(read);
    }
    return reads;
  }

  /** The expression in `[start, end)`, if it is one. */
  private evaluated(start: number, end: number): Expr | null {
    while (start < end && BLANK.test(this.source.charAt(start))) start++;
    const parser = new Parser(this.source.slice(0, end), { ...this.options, ipython: false }, start);
    return parser.onlyExpression();
  }

  private onlyExpression(): Expr | null {
    try {
      const value = this.starNamedExpressions();
      this.accept(T.NEWLINE);
      return this.kind === T.EOF ? value : null;
    } catch (error) {
      if (error !== FAILED) throw error;
      return null;
    }
  }

  /** Code that IPython runs from `[start, end)`, itself in IPython's syntax, with its own indentation and prompts. */
  private embedded(start: number, end: number, kind: FrameKind = 'module'): readonly Stmt[] {
    if (start >= end || this.nested >= MAX_NESTED) return [];
    const stripped = layout(this.source.slice(start, end));
    const parser =
      stripped === null
        ? new Parser(this.source.slice(0, end), this.options, start)
        : new Parser(stripped.text, this.options);
    parser.nested = this.nested + 1;
    parser.frame = new Frame(kind);
    const body = parser.cell(stripped === null ? start : 0);
    const { problems, salvaged, futures } = parser;
    if (stripped !== null) {
      const origins = stripped.origins.map(origin => origin + start);
      relocate({ body, problems, salvaged, start: 0, end: 0 }, { ...stripped, origins }, end);
    }
    this.declares ||= parser.declares;
    for (const problem of problems) this.problems.push(problem);
    for (const name of salvaged) this.salvaged.push(name);
    for (const feature of futures) this.futures.push(feature);
    return body;
  }

  /** The statements of a cell that begins at `start`, cell magic or not. */
  cell(start: number): readonly Stmt[] {
    const source = this.source;
    let at = start;
    while (at < source.length && /\s/.test(source.charAt(at))) at++;
    if (source.startsWith('%%', at) && !/^%%\w+\?/.test(source.slice(at, at + 200))) return [this.cellMagic(at)];
    return this.module().body;
  }

  /** A line that is no Python but begins with a magic's name, alone in its cell: IPython's automagic runs it. */
  protected automagic(from: number): Stmt | null {
    if (!this.options.ipython || this.nested > 0 || this.kinds[from] !== T.NAME) return null;
    const word = this.text(from);
    if (!AUTOMAGIC.has(word)) return null;
    const start = this.starts[from]!;
    const rest = this.source.slice(start).trimEnd();
    if (from !== 0 || /[\n\r]/.test(rest) || this.source.slice(0, start).trim() !== '') return null;
    const end = start + rest.length;
    const value = this.command(word, start, end, Math.min(end, this.ends[from]! + 1));
    return { kind: 'ExprStmt', start, end, value };
  }
}
