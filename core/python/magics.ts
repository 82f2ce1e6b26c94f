/** How a magic's line and body are read; what is not here is text. Source: IPython 9 `core/magics`, memory_profiler, line_profiler. */
export interface MagicRule {
  /** Options that take a value (`-n 5`, `-n5`), and those that do not. */
  readonly valued: string;
  readonly flags: string;
  readonly code: 'cell' | 'function' | null;
  /** The line is expanded (`{name}`, `$name`) before the magic sees it. */
  readonly expands: boolean;
}

const RULES: { readonly [name: string]: MagicRule } = {
  time: { valued: '', flags: '', code: 'cell', expands: false },
  timeit: { valued: 'nrp', flags: 'tcqov', code: 'function', expands: false },
  prun: { valued: 'DTls', flags: 'rq', code: 'cell', expands: false },
  memit: { valued: 'rti', flags: 'co', code: 'cell', expands: true },
  mprun: { valued: 'fT', flags: 'rc', code: 'cell', expands: true },
  lprun: { valued: 'fmDTsu', flags: 'rzSqt', code: 'cell', expands: true }
};

const NO_CODE: MagicRule = { valued: '', flags: '', code: null, expands: true };

export function magicRule(name: string): MagicRule {
  return Object.hasOwn(RULES, name) ? RULES[name]! : NO_CODE;
}

/** Offset in `line` past the options that the magic takes. */
export function afterOptions(line: string, rule: MagicRule): number {
  let at = 0;
  const blank = /[ \t]/;
  for (;;) {
    while (blank.test(line.charAt(at))) at++;
    if (line.startsWith('--no-raise-error', at)) {
      at += '--no-raise-error'.length;
      continue;
    }
    if (line.charAt(at) !== '-') return at;
    const letter = line.charAt(at + 1);
    if (letter === '-' && blank.test(line.charAt(at + 2))) return at + 2;
    if (letter === '') return at;
    if (rule.valued.includes(letter)) {
      at += 2;
      while (blank.test(line.charAt(at))) at++;
      while (at < line.length && !blank.test(line.charAt(at))) at++;
    } else if (rule.flags.includes(letter)) {
      at += 1;
      while (at < line.length && !blank.test(line.charAt(at))) at++;
    } else return at;
  }
}

/** Cell magics of IPython's `script` family, whose `--out`, `--err` and `--proc` name variables. */
const SCRIPTS = new Set('script bash sh cmd perl ruby python python2 python3 pypy ! sx system'.split(' '));

/** Parts of a cell magic's line that name a variable that it binds. */
export function boundNames(name: string, line: string): readonly { readonly start: number; readonly end: number }[] {
  const bound: { start: number; end: number }[] = [];
  const words = [...line.matchAll(/\S+/g)];
  if (name === 'capture') {
    const output = words.find(([word]) => !word.startsWith('-'));
    if (output !== undefined) bound.push({ start: output.index, end: output.index + output[0].length });
  } else if (SCRIPTS.has(name)) {
    for (const [index, word] of words.entries()) {
      const equals = /^--(?:out|err|proc)=(.+)$/.exec(word[0]);
      const value = words[index + 1];
      if (equals !== null)
        bound.push({ start: word.index + word[0].length - equals[1]!.length, end: word.index + word[0].length });
      else if (/^--(?:out|err|proc)$/.test(word[0]) && value !== undefined) {
        bound.push({ start: value.index, end: value.index + value[0].length });
      }
    }
  }
  return bound.filter(({ start, end }) => /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(line.slice(start, end)));
}

/** Magics whose cell body IPython runs as a cell. */
export const RUNS_BODY: ReadonlySet<string> = new Set(['time', 'timeit', 'capture', 'prun', 'memit', 'mprun', 'lprun']);

/** First words that IPython's automagic runs when a one-line cell is no Python. */
export const AUTOMAGIC: ReadonlySet<string> = new Set(
  (
    'pip conda mamba micromamba uv cd ls ll lf lk ldir lx pwd cat cp mv mkdir rm rmdir less more man env time timeit ' +
    'prun run load matplotlib pylab load_ext reload_ext who whos who_ls reset pinfo pdoc psource pfile pdef alias ' +
    'history store save set_env config logstart autoreload bookmark pushd popd dirs dhist sx system sc'
  ).split(' ')
);
