import { lineStarts, parseCell, position } from './index';

/** `line:column message` of each problem. */
function said(cell: string): string[] {
  return parseCell(cell).problems.map(({ start, message }) => {
    const { line, column } = position(lineStarts(cell), start);
    return `${line}:${column} ${message}`;
  });
}

const STATES: readonly (readonly [cell: string, ...problems: string[]])[] = [
  ['x =', '1:4 expected an expression'],
  ['x = (', "1:5 '(' was never closed"],
  ['x = [1, 2', "1:5 '[' was never closed"],
  ["x = {'a': 1", "1:5 '{' was never closed"],
  ['f(', "1:2 '(' was never closed"],
  ['f(a,', "1:2 '(' was never closed"],
  ['f(a b)', "1:5 expected ')'. Perhaps you forgot a comma?"],
  ['df.', '1:4 expected a name'],
  ['df[', "1:3 '[' was never closed"],
  ["df['a", '1:4 unterminated string literal'],
  ["'abc", '1:1 unterminated string literal'],
  ['"""doc', '1:1 unterminated triple-quoted string literal'],
  ["f'{x", "1:3 '{' was never closed"],
  ["f'{x'", '1:5 unterminated string literal'],
  ["f'{}'", '1:3 f-string: a value is expected before the end of the field'],
  ['if x', "1:5 expected ':'"],
  ['if x:', '1:6 expected an indented block'],
  ['if x:\n', '2:1 expected an indented block'],
  ['if x\n  y = 1', "1:5 expected ':'"],
  ['else:', '1:1 invalid syntax'],
  ['for x', "1:6 expected 'in'"],
  ['for x in', '1:9 expected an expression'],
  ['for x in y:', '1:12 expected an indented block'],
  ['while', '1:6 expected an expression'],
  ['while True', "1:11 expected ':'"],
  ['def', '1:4 expected a name'],
  ['def f', "1:6 expected '('"],
  ['def f(', "1:6 '(' was never closed"],
  ['def f()', "1:8 expected ':'"],
  ['def f():', '1:9 expected an indented block'],
  ['def f(a, a): pass', "1:10 duplicate argument 'a' in function definition"],
  ['class', '1:6 expected a name'],
  ['class A(', "1:8 '(' was never closed"],
  ['class A:', '1:9 expected an indented block'],
  ['import', '1:7 expected a name'],
  ['from', '1:5 expected a name'],
  ['from x', "1:7 expected 'import'"],
  ['from x import', '1:14 expected a name'],
  ['from x import (a,', "1:15 '(' was never closed"],
  ['try:', '1:5 expected an indented block'],
  ['try:\n  x', "2:4 expected 'except' or 'finally' block"],
  ['with open(f) as', '1:16 expected an expression'],
  ['return x', "1:1 'return' outside function"],
  ['break', "1:1 'break' outside loop"],
  ['print x', "1:7 Missing parentheses in call to 'print'. Did you mean print(...)?"],
  ["print 'x'", "1:7 Missing parentheses in call to 'print'. Did you mean print(...)?"],
  ['x = 1 +', '1:8 expected an expression'],
  ['x == ', '1:6 expected an expression'],
  ['x = y = ', '1:9 expected an expression'],
  ['1 = x', '1:1 cannot assign to literal here'],
  ['f() = 1', '1:1 cannot assign to function call here'],
  ['x + 1 = 2', '1:1 cannot assign to expression here'],
  ['del f()', '1:5 cannot delete function call'],
  ['lambda x', "1:9 expected ':'"],
  ['[x for x in', "1:1 '[' was never closed"],
  ['a.b.', '1:5 expected a name'],
  ['@', '1:2 expected an expression'],
  ['@d', "1:3 expected 'def' or 'class' after decorators"],
  ['x y', '1:3 invalid syntax'],
  ['x = 08', '1:5 leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers'],
  ['1abc', '1:1 invalid decimal literal'],
  ['x = $y', "1:5 invalid character '$'"],
  ['x = y?z', "1:6 invalid character '?'"],
  ['x ! y', "1:3 invalid character '!'"],
  ['(a, b', "1:1 '(' was never closed"],
  ['a)', "1:2 unmatched ')'"],
  ['a]', "1:2 unmatched ']'"],
  ['(a]', "1:3 closing parenthesis ']' does not match opening parenthesis '('"],
  ['  x = 1\n y = 2', '1:3 unexpected indent'],
  ['if x:\n    y\n  z', '3:3 unindent does not match any outer indentation level'],
  ["x = 'a\ny = 2", '1:5 unterminated string literal'],
  ["print('a\ny = (2)", '1:7 unterminated string literal'],
  ['x = 1;;', '1:7 invalid syntax'],
  ['async', "1:6 expected 'def', 'for' or 'with' after 'async'"],
  ['await', '1:6 expected an expression'],
  ['yield x', "1:1 'yield' outside function"],
  ['nonlocal x', '1:1 nonlocal declaration not allowed at module level'],
  ['global', '1:7 expected a name'],
  ['assert', '1:7 expected an expression'],
  ['raise'],
  ['match x:\n  case', '2:7 expected a pattern'],
  ['match x:\n  case 1', "2:9 expected ':'"],
  ['match x:\n  case [a, a]: pass', "2:3 multiple assignments to name 'a' in pattern"],
  ['not', '1:4 expected an expression'],
  ['x if y', "1:1 expected 'else' after 'if' expression"],
  ['x if y else', '1:12 expected an expression'],
  ['*a = 1', '1:1 starred assignment target must be in a list or tuple'],
  ['x = *a', "1:5 can't use starred expression here"],
  ['f(a=1, b)', '1:8 positional argument follows keyword argument'],
  ['f(**a, *b)', '1:8 iterable argument unpacking follows keyword argument unpacking'],
  ['{1: 2, 3}', "1:9 expected ':'"],
  ['{**a', "1:1 '{' was never closed"],
  ['x: ', '1:4 expected an expression'],
  ['x: int =', '1:9 expected an expression'],
  ['def f(x, /, /): pass', "1:13 '/' must follow an argument and come before '*'"],
  ['def f(a=1, b): pass', '1:12 parameter without a default follows parameter with a default'],
  ["é = 'é' +", '1:10 expected an expression'],
  ['\tx = 1\n        y = 2', '1:2 unexpected indent', '2:9 inconsistent use of tabs and spaces in indentation'],
  ["x = '''a\nb", '1:5 unterminated triple-quoted string literal'],
  ['x = 1 if', '1:9 expected an expression'],
  ['else', '1:1 invalid syntax'],
  ['elif x: pass', '1:1 invalid syntax'],
  ['except: pass', '1:1 invalid syntax'],
  ['\\', '1:1 unexpected end of the code after a line continuation'],
  ['x = \\', '1:5 unexpected end of the code after a line continuation'],
  ['x = \\ y', '1:5 unexpected character after line continuation character'],
  ['‘a’', "1:1 invalid character '‘' (U+2018)"],
  ['x = 1 + 2', '1:6 invalid non-printable character U+00A0'],
  ['%%time\nx = (1', "2:5 '(' was never closed"],
  ['%time x = (1', "1:11 '(' was never closed"],
  ['!ls {a'],
  ['%%timeit\nawait x', "2:1 'await' outside async function"]
];

test.each(STATES)('while typing %j the user reads what and where', (cell, ...problems) => {
  expect(said(cell)).toEqual(problems);
});

const SALVAGED: readonly (readonly [cell: string, names: string])[] = [
  ['df.groupby(', 'df'],
  ['x = df[mask & (y >', 'x df mask y'],
  ['plot(a.b.c, k=d', 'plot a k d'],
  ['def f(x:\n  return y\nz = 1', 'f x y'],
  ['for i in range(n:\n  total += i', 'i range n'],
  ['y = 1\nprint(y\nz = 2', 'print y'],
  ['f"{value', 'value'],
  ['%time fit(model', 'fit model']
];

test.each(SALVAGED)('of the broken part of %j the names are kept', (cell, names) => {
  expect(
    parseCell(cell)
      .salvaged.map(({ id }) => id)
      .join(' ')
  ).toBe(names);
});

test('a broken header keeps the statements of its block, a broken definition does not', () => {
  const kinds = (cell: string): string[] => parseCell(cell).body.map(({ kind }) => kind);
  expect(kinds('for i in range(n:\n  total += i\nx = 1')).toEqual(['AugAssign', 'Assign']);
  expect(kinds('def f(x:\n  y = x\nx = 1')).toEqual(['Assign']);
});
