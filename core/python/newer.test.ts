import { parseModule, scopes } from './index';
import { type Flat, ours, type Table314, theirs } from './testing/inlined';
import { inPython314 } from './testing/judge';

interface Judged {
  readonly parsed: readonly boolean[];
  readonly compiled: readonly (Table314 | string)[];
  readonly library: readonly (readonly [path: string, text: string, table: Table314])[];
}

const SYNTAX = [
  'def f[T, *Ts, **P](x: T) -> T: pass',
  'def f[T: int = str, *Ts = *tuple[int], **P = [int]](): pass',
  'type X[T] = list[T]',
  'class A[T: (int, str)](B[T]): pass',
  'type = 1; type.x = 2',
  'f"{x!r:>{w}} {y=}"',
  "f'{d['a']}' f\"{'\\n'.join(x)}\"",
  'f"{\n1 # c\n}"',
  't"{a} {b!r:>{c}}" t"x"',
  't"a" "b"',
  'try: pass\nexcept A, B: pass',
  'try: pass\nexcept A, B as e: pass',
  'try: pass\nexcept* (A, B) as e: pass',
  'with (a as b, c as d,): pass',
  'x[*a, 1:2]',
  'def f(*a: *Ts): pass',
  'print x',
  'x = (y := 1)',
  'match x:\n  case {"a": [1, *_], **r} if r: pass\n  case A(x=1) | -1 | 1+2j as q: pass',
  'match = case = _ = 1',
  'lambda x, /, *, y=1: x',
  'f(a for a in b, c)',
  'f(a=1, b)',
  'def f(a=1, b): pass',
  'f"{a"',
  'f"{}"',
  'f"}"',
  '1__0',
  '0777',
  '1if x else y',
  'x = 1 +',
  'a b',
  'for x in *a, b: pass',
  'return_ = *a, b',
  'del f()',
  'f() = 1',
  '@a.b[c](d)\ndef f(): pass',
  'async def f(): [x async for x in y]',
  'def f[T=int, *U=list](): pass',
  '{**a, "b": 1, **c}',
  'x: (yield) = 1',
  'if x:\npass',
  'x = [1, 2',
  'assert x, y',
  'raise a from b'
];

const SNIPPETS: readonly string[] = [
  // Type parameters of functions
  'def f[T](x: T) -> list[T]: return x',
  'def f[T: int = str, *Ts = *tuple[int], **P = [int]](x: T, *a: *Ts, **k: P.kwargs) -> P: pass',
  'def f[T: U, U](x: T): return U',
  'def f[T: (lambda: T)](): pass',
  'def f[T](x=T): pass',
  '@d(T)\ndef f[T](): pass',
  'def f[T]():\n  def g[T](): return T\n  return T',
  'def f[T]():\n  nonlocal_ = T\n  T = 1\n  return T',
  'def f[T]():\n  def g():\n    global T\n    return T',
  'async def f[T](x: T): [T async for y in x]',
  'x = 1\ndef f[T: x](a: x): return x',
  'def outer():\n  X = int\n  def f[T: X](a: X) -> T: return X\n  return f',
  // Generic classes
  'class A[T](B[T], k=T):\n  x: T\n  y = T\n  def f(self) -> T: return T',
  'class A[T]:\n  def f[U](self, z: U) -> T: return [U for a in z]',
  'class A:\n  T = int\n  def f[U: T](self, x: T) -> U: return T',
  'class A:\n  U = 1\n  def f[U](self, x: U): return U',
  'def o():\n  T = 1\n  class A:\n    T = 2\n    def f[U: T](self, x: T = T): return T\n    type X = T\n    y: T',
  'class A:\n  global G\n  G = 1\n  def f[T: G](x: G): return G\n  z: G',
  'class A[T]:\n  class B[U](list[T]):\n    x: dict[T, U]\n    def f(self, a: T, b: U): return T, U, A',
  'class A[__T]:\n  x: __T\n  def f[__U](self, a: __U): return __T',
  'class A[T]:\n  def f(self): return super().f, __class__',
  '@d\nclass A[T]: T = T',
  'def f():\n  x = 1\n  class A[T: x](x.y):\n    nonlocal x\n    x = T\n    z: x\n  return A',
  'class A[T: [x for x in y]]: pass',
  'class A[T: (x for x in y)]: pass',
  'class A:\n  y = 1\n  def f[T: [x for x in y]](): pass',
  // Aliases
  'type X = int',
  'type X[T] = list[T] | X[T]',
  'type X[*Ts, **P] = Callable[P, tuple[*Ts]]',
  'type X[T: int = str] = lambda y=T: (T, y)',
  'class A:\n  K = int\n  type X = K\n  type Y[T] = dict[K, T]',
  'def f():\n  K = 1\n  type X = K\n  type Y[T] = (K, T, X)\n  return X',
  'class A:\n  K = [1]\n  type X = [k for k in K]\n  type Y = [k for _ in K]',
  'type = 1\ntype X = type',
  // Annotations on demand
  'x: int = 1\ny: x\nif x:\n  q: z = 2',
  'x: int\nx: str',
  '(x): int = 1',
  'x.y: int = 1\nx[z]: w',
  'class A:\n  x: int\n  y: x = 1\n  def f(self, a: x, b: A = x) -> y: pass',
  'class A:\n  x: [i for i in z]\n  y: (i for i in z)\n  w: lambda: z',
  'def f(a: b, /, c: d = e, *f: g, h: i, **j: k) -> l: m: n = o; p: q',
  'def f():\n  x: y = 1\n  def g(a: x) -> z: return x\n  class B:\n    v: x',
  'def f(x: [a for a in b]): pass',
  'def f():\n  t: a[b] = 1',
  'class A[__T](B[__T, __b]):\n  def f(self): return __T, __b',
  'async def f(x: y) -> z: w: v',
  'from __future__ import annotations\nx: int\ndef f(a: b) -> c: d: e',
  'def f(x: "text", y: 1): pass',
  'lambda x: (y := x)',
  // Template strings
  't"{a} {b!r:>{c}}"',
  'def f(a): return t"{a:{b}}" t"{[x for x in a]}"',
  "t'{(y := 1)}', f'{y}'",
  'class A:\n  x = t"{__p}"',
  // match
  'match a:\n  case {"x": [1, *rest], **more} if rest: b\n  case P(x=1, y=c) | (d.e as c): pass',
  'def f(a):\n  match a:\n    case [x, (y, _)]: return lambda: x\n    case str() | int() as z: return z\n    case w: return w',
  'match [x for x in y]:\n  case -1 | 1+2j | None | "s": pass',
  'class A:\n  match x:\n    case __p: pass',
  // except*
  'try: a\nexcept* B as e: e\nexcept* (C, D): e',
  'def f():\n  try: pass\n  except* A as e: w = lambda: e\n  except* B: x = 1\n  else: y = x\n  finally: z = y',
  'try: pass\nexcept A, B: c',
  // Comprehensions in their surroundings
  '[a for a in b]',
  'a = 1\n[a for a in b if a]',
  'def f(x): return [x for x in x]',
  'def f(x): return [y for y in x], {y for y in x}, {y: z for y, z in x}, (y for y in x)',
  'def f(x): return [lambda: (x, y) for y in x]',
  'def f(x): return [[y + x for y in z] for z in x]',
  'def f(x): return [(y for y in z) for z in x]',
  'class A:\n  x = 1\n  y = [x for z in x]\n  w = [[x for _ in y] for z in x]',
  'class A:\n  y = [__class__ for z in x]',
  'def f():\n  x = 1\n  class A:\n    x = 2\n    y = [x for z in x]\n    u = [lambda: x for z in x]',
  '[y := a for a in b]\nprint(y)',
  'def f(b):\n  [y := a for a in b]\n  return y',
  'def f(b):\n  global y\n  [y := a for a in b]',
  'def f():\n  y = 0\n  def g(b):\n    nonlocal y\n    [y := a for a in b]\n  return g',
  'def f(b): return (y := a for a in b)',
  'def f(b): return lambda: [b for c in b]',
  'async def f(b): return [a async for a in b if await a]',
  'x = [i for i in range(3)]\ndef g(): return i',
  'def f():\n  for i in [i for i in x]: pass\n  return lambda: i',
  'lambda: [x for x in y]',
  'def f(a, b=[c for c in d], *, e={g: h for g, h in d}): pass'
];

/** PEP 695 and 750 code that may be refused. */
const DOUBTFUL: readonly string[] = [
  'class A[T: (yield)]: pass',
  'type X = (yield)',
  'type X = (y := 1)',
  'def f[T, T](): pass',
  'def f[T=int, U](): pass',
  'def f[T](T): pass',
  'def f[T: (yield)](): pass',
  'def f[T: (await x)](): pass',
  'def f[T = (x := 1)](): pass',
  'type X = [(await x) for y in z]',
  'class A[T, *T]: pass',
  'def f[*T = *x, U](): pass',
  'type X[T=int, **P=[int]] = T',
  'type X = lambda: (yield)'
];

function difference(a: Flat, b: Flat, path = ''): string | null {
  const here = `${path}/${b.name}`;
  const wrong = [
    ...a.names.filter(name => !b.names.includes(name)).map(name => `we: ${name}`),
    ...b.names.filter(name => !a.names.includes(name)).map(name => `they: ${name}`)
  ];
  if (wrong.length > 0) return `${here}: ${wrong.join(', ')}`;
  const inner = (flat: Flat): string => flat.children.map(child => child.name).join(' ');
  if (inner(a) !== inner(b)) return `${here}: we have [${inner(a)}], they [${inner(b)}]`;
  for (const [index, child] of a.children.entries()) {
    const found = difference(child, b.children[index]!, here);
    if (found !== null) return found;
  }
  return null;
}

function compared(source: string, table: Table314 | string): string | null {
  const module = parseModule(source);
  if (typeof table === 'string') return table;
  if (module.problems.length > 0) return `${module.problems[0]!.message} at ${module.problems[0]!.start}`;
  return difference(ours(scopes(module, { annotations: 'deferred' }).root), theirs(table));
}

let judged: Judged;
beforeAll(() => {
  judged = inPython314('newer.py', { parsed: [...SYNTAX, ...DOUBTFUL], compiled: SNIPPETS }) as Judged;
}, 240_000);

test('syntax up to 3.14 is accepted and refused as CPython 3.14 does', () => {
  const sources = [...SYNTAX, ...DOUBTFUL];
  const found = sources.map(source => [source, parseModule(source).problems.length === 0]);
  expect(found).toEqual(sources.map((source, index) => [source, judged.parsed[index]]));
});

test('newer syntax binds, frees and takes from the globals what CPython 3.14 says', () => {
  const found = SNIPPETS.map((source, index) => [source, compared(source, judged.compiled[index]!)]);
  expect(found.filter(([, wrong]) => wrong !== null)).toEqual([]);
});

test('every file of the standard library that pyodide carries has the scopes that CPython 3.14 gives it', () => {
  expect(judged.library.length).toBeGreaterThan(400);
  const found = judged.library.map(([path, text, table]) => [path, compared(text, table)]);
  expect(found.filter(([, wrong]) => wrong !== null)).toEqual([]);
});
