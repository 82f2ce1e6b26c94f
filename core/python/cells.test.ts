import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import type { Magic, Stmt } from './index';
import { BUILTINS, lineStarts, parseCell, parseModule, position, STDLIB, scopes, starNames } from './index';

const STATEMENTS = [
  'x = 1',
  'import os, sys as s',
  'def f(a, *b, c=1):\n    return [i for i in a]',
  'class A(B):\n    x: int = 1\n\n    def g(self): pass',
  'if x:\n  y = 2\nelif z:\n  y = 3\nelse:\n  pass',
  's = """a\n  b\n"""',
  "f'{x!r:>{w}}'",
  'for i in y: print(i)',
  '!ls {x}',
  'z = %magic a',
  'f?',
  '@d\nasync def h(): await x',
  'try: pass\nexcept A as e: pass\nfinally: pass',
  'match x:\n  case [a, *b]: pass',
  'x = (1,\n     2)  # c',
  'with a as b, c: pass',
  'await x',
  'lambda x: (yield)',
  't = "é😀"; u = 2'
];

/** The tree with its offsets moved back by `by`. */
function moved(value: unknown, by: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(item => moved(item, by));
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    typeof inner === 'number' && ['start', 'end', 'attrStart', 'bodyStart'].includes(key)
      ? inner - by
      : moved(inner, by)
  ]);
  return Object.fromEntries(entries);
}

test('complete statements one after another give the statements of each', () => {
  const statement = fc.constantFrom(...STATEMENTS);
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 8 }), fc.constantFrom('\n', '\n\n', '\n# c\n'), (parts, between) => {
      const whole = parseCell(parts.join(between));
      expect(whole.problems).toEqual([]);
      let at = 0;
      const expected = parts.flatMap(part => {
        const { body } = parseCell(part);
        const placed = moved(body, -at) as Stmt[];
        at += part.length + between.length;
        return placed;
      });
      expect(whole.body).toEqual(expected);
    }),
    { numRuns: 300 }
  );
});

test('a cell gives the same tree whatever was parsed before it', () => {
  const [first, ...others] = STATEMENTS.map(source => JSON.stringify(parseCell(source)));
  for (const noise of ['x = (', '"""', "f'{", '%%time\nx', 'if x:\n\t\ty', '>>> é']) parseCell(noise);
  expect(STATEMENTS.map(source => JSON.stringify(parseCell(source)))).toEqual([first, ...others]);
});

const LIBRARY = ['argparse', 'ast', 'asyncio/tasks', 'dataclasses', 'difflib', 'functools', 'json/decoder', 'typing'];

function library(): string[] {
  const python = process.env.CELLWAY_PYTHON ?? resolve('.venv/bin/python');
  const ask = 'import sysconfig; print(sysconfig.get_paths()["stdlib"])';
  const folder = execFileSync(python, ['-c', ask], { encoding: 'utf8' }).trim();
  expect(readdirSync(folder)).toContain('ast.py');
  return LIBRARY.map(name => readFileSync(join(folder, `${name}.py`), 'utf8'));
}

test('cut anywhere, real code keeps the statements that end before the one with the cut', () => {
  for (const source of library()) {
    const full = parseModule(source).body;
    const ends = full.map(({ end }) => end);
    for (let n = 1; n <= 25; n++) {
      const cut = Math.floor((source.length * n * 0.618034) % source.length);
      const begun = ends.filter(end => end < cut).length;
      // The last may still go on, by an `else` or an operator: its next has to have begun.
      const sure = full.slice(0, Math.max(0, begun - 1));
      const kept = parseModule(source.slice(0, cut)).body.slice(0, sure.length);
      expect(JSON.stringify(kept) === JSON.stringify(sure) ? 'kept' : `lost before ${cut}`).toBe('kept');
    }
  }
});

/** Decorators stand before the `def` that their node begins with. */
function nested(node: unknown, from: number, to: number, where: string): void {
  if (typeof node !== 'object' || node === null) return;
  const { start, end, kind } = node as { start?: number; end?: number; kind?: string };
  const spanned = start !== undefined && end !== undefined;
  if (spanned && (start < from || end > to || start > end)) {
    throw new Error(`${where}: ${kind} ${start}-${end} outside ${from}-${to}`);
  }
  for (const [key, inner] of Object.entries(node)) {
    const outside = key === 'decorators' || !spanned;
    nested(inner, outside ? from : start, outside ? to : end, `${where}.${key}`);
  }
}

test('offsets nest, in real code and in code with a hole', () => {
  for (const source of library()) {
    nested(parseModule(source).body, 0, source.length, 'body');
    for (let n = 1; n <= 12; n++) {
      const at = Math.floor((source.length * n * 0.618034) % source.length);
      const holed = source.slice(Math.max(0, at - 3000), at) + source.slice(at + (n % 7), at + 3000);
      nested(parseModule(holed).body, 0, holed.length, 'body');
      scopes(parseCell(holed));
    }
  }
});

test('the body of a magic is a cell of its own: indentation, prompts, commands', () => {
  const inner = (cell: string): string[] => {
    const [only] = parseCell(cell).body;
    const magic = (only as { value: Magic }).value;
    return magic.code!.body.map(({ start, end }) => cell.slice(start, end));
  };
  expect(inner('%%time\n    x = 1\n    y = 2')).toEqual(['x = 1', 'y = 2']);
  expect(inner('%%capture out\n>>> x = 1\n>>> y = 2')).toEqual(['x = 1', 'y = 2']);
  expect(inner('%%time\n!ls\nz = %pwd')).toEqual(['!ls', 'z = %pwd']);
  expect(inner('%%time\n%%capture\nx')).toEqual(['%%capture\nx']);
  expect(inner('%%timeit -n 5 a = 1\nreturn a')).toEqual(['a = 1', 'return a']);
});

test('named characters are as written unless someone knows them', () => {
  const value = (source: string, named?: (name: string) => string | null): unknown =>
    JSON.stringify(parseCell(source, named ? { namedCharacter: named } : {}).body[0]);
  expect(value('"\\N{BULLET}!"')).toContain('\\\\N{BULLET}!');
  expect(value('"\\N{BULLET}!"', name => (name === 'BULLET' ? '•' : null))).toContain('"•!"');
  expect(value('f"\\N{BULLET}{x}"', () => '•')).toContain('"•"');
  expect(parseCell('"\\N{"').problems).toHaveLength(1);
});

test('positions count lines as Python ends them and columns in UTF-16 units', () => {
  const source = 'a\r\nb\rc\n😀d\n';
  const places = [0, 3, 5, 7, 9, 11].map(offset => position(lineStarts(source), offset));
  expect(places.map(({ line, column }) => `${line}:${column}`)).toEqual(['1:1', '2:1', '3:1', '4:1', '4:3', '5:1']);
  expect(position(lineStarts(''), 0)).toEqual({ line: 1, column: 1 });
});

test('the tables know builtins, the standard library and what a star import binds', () => {
  for (const name of ['print', 'aiter', 'ExceptionGroup', 'get_ipython', 'display']) expect(BUILTINS).toContain(name);
  for (const name of ['numpy', 'np', 'df', '']) expect(BUILTINS.has(name)).toBe(false);
  for (const name of ['os', 'tomllib', 'distutils', '__future__']) expect(STDLIB).toContain(name);
  expect(STDLIB.has('numpy')).toBe(false);
  expect(starNames('math')).toContain('sqrt');
  expect(starNames('math')).not.toContain('__name__');
  expect(starNames('no.such.module')).toBeNull();
  expect(starNames('constructor')).toBeNull();
});
