import type { Expr, MatchCase, Pattern } from './ast';

/** Says what CPython's compiler refuses in the cases of a `match` beyond its grammar. */
export function checkCases(cases: readonly MatchCase[], report: (message: string, at: number) => void): void {
  for (const [index, { start, pattern, guard }] of cases.entries()) {
    const say = (message: string): void => report(message, start);
    bindings(pattern, say);
    const open = guard === null && index < cases.length - 1 ? irrefutable(pattern) : null;
    if (open !== null) say(`${open} makes remaining patterns unreachable`);
  }
}

/** How a pattern that takes anything is called; `null`: it may fail. */
function irrefutable(pattern: Pattern): string | null {
  if (pattern.kind === 'MatchOr') return irrefutable(pattern.patterns[pattern.patterns.length - 1]!);
  if (pattern.kind !== 'MatchAs') return null;
  if (pattern.pattern !== null) return irrefutable(pattern.pattern);
  return pattern.name === null ? 'wildcard' : `name capture '${pattern.name.id}'`;
}

/** The names that `pattern` binds. */
function bindings(pattern: Pattern, say: (message: string) => void): Set<string> {
  const names = new Set<string>();
  const add = (name: string): void => {
    if (names.has(name)) say(`multiple assignments to name '${name}' in pattern`);
    names.add(name);
  };
  const inner = (patterns: readonly Pattern[]): void => {
    for (const one of patterns) for (const name of bindings(one, say)) add(name);
  };
  switch (pattern.kind) {
    case 'MatchSequence':
      if (pattern.patterns.filter(one => one.kind === 'MatchStar').length > 1)
        say('multiple starred names in sequence pattern');
      inner(pattern.patterns);
      break;
    case 'MatchMapping': {
      const keys = pattern.keys.map(keyText).filter(key => key !== null);
      const twice = keys.find((key, index) => keys.indexOf(key) !== index);
      if (twice !== undefined) say(`mapping pattern checks duplicate key (${twice})`);
      inner(pattern.patterns);
      if (pattern.rest !== null) add(pattern.rest.id);
      break;
    }
    case 'MatchClass': {
      const twice = pattern.kwds.find((name, index) => pattern.kwds.indexOf(name) !== index);
      if (twice !== undefined) say(`attribute name repeated in class pattern: ${twice}`);
      inner(pattern.patterns);
      inner(pattern.kwdPatterns);
      break;
    }
    case 'MatchStar':
      if (pattern.name !== null) add(pattern.name.id);
      break;
    case 'MatchAs':
      if (pattern.pattern !== null) inner([pattern.pattern]);
      if (pattern.name !== null) add(pattern.name.id);
      break;
    case 'MatchOr':
      return alternatives(pattern.patterns, say);
  }
  return names;
}

function alternatives(patterns: readonly Pattern[], say: (message: string) => void): Set<string> {
  const [first, ...others] = patterns.map(one => bindings(one, say));
  const same = (names: Set<string>): boolean => names.size === first!.size && [...names].every(n => first!.has(n));
  if (!others.every(same)) say('alternative patterns bind different names');
  const open = patterns
    .slice(0, -1)
    .map(irrefutable)
    .find(how => how !== null);
  if (open !== undefined) say(`${open} makes remaining patterns unreachable`);
  return first!;
}

/** A constant key as Python compares it; a dotted name is only known when it runs. */
function keyText(key: Expr): string | null {
  if (key.kind !== 'Constant') return null;
  const { value } = key;
  switch (value.type) {
    case 'str':
      return JSON.stringify(value.value);
    case 'bytes':
      return `b${JSON.stringify(value.value)}`;
    case 'int':
    case 'float':
      return String(value.value);
    case 'complex':
      return `${value.value}j`;
    default:
      return value.type;
  }
}
