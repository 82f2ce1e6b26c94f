/** Random notebooks over numbers, lists, lists of lists, dicts and objects, with aliases between all of them. */
import fc from 'fast-check';

/** Cells of statements; a statement is a text with its blocks already indented. */
export type Program = readonly (readonly string[])[];

const FIRST = `from contextlib import suppress

class K:
    def __init__(self, items):
        self.items = items
        self.n = 0

    def add(self, x):
        self.items.append(x)
        self.n += 1
        return self

    @property
    def last(self):
        return self.items[-1] if self.items else 0

def push(x):
    l0.append(x)
    return l0

def total():
    return i0 + sum(l1) + sum(len(v) for v in d0.values())

def reset():
    global i2
    i2 = 7

def pick(a, b):
    return a if i0 % 2 else b

def fill(m, x):
    for r in m:
        r.append(x)
    return m

def twice(f, x):
    f(x)
    return f(x)

def gen(xs):
    for x in xs:
        l2.append(x)
        yield x + i1

def keep(x, into):
    into.setdefault('k', []).append(x)
    return into`;

const BINDINGS = `i0, i1, i2, i3 = 1, 2, 3, 4
l0, l1, l2, l3 = [1], [2, 3], [], [4]
m0, m1 = [[1], [2]], [[3]]
d0, d1, d2 = {'a': [1], 'b': [2]}, {'a': [3]}, {}
o0, o1 = K([1]), K([])
t0 = (l3, 5)`;

/** Names all that is compared. */
export const LAST = 'seen = [i0, i1, i2, i3, l0, l1, l2, l3, m0, m1, d0, d1, d2, o0, o1, t0]';

const simple: readonly string[] = [
  'I = I + 3',
  'I += len(L)',
  'I = sum(L)',
  'I = total() % 100',
  'I = (O.last + 1) % 50',
  'I, I = I, I',
  'reset()',
  'I = len(M)',
  'I = -I',
  'L = [I, 2]',
  'L = L',
  'L = list(L)',
  'L = L + [I]',
  'L += [I]',
  'L.append(I)',
  'L[0:1] = [I]',
  'L, L = L, L',
  'L = sorted(L)',
  'L = L[:]',
  'L = [x + I for x in L]',
  'if L:\n    L.pop()',
  'L.clear()',
  'del L[:1]',
  'L = L or [I]',
  'L = D.get("a", L)',
  'L = O.items',
  'L = M[0] if M else L',
  'L = push(I)',
  'push(I)',
  'L = pick(L, L)',
  'L = L = [I]',
  'L = list(gen(L[:3]))',
  'L = t0[0]',
  'L.extend(L[:2])',
  'L *= 2\ndel L[4:]',
  'L.insert(0, I)',
  'L = list(map(lambda x: x + I, L))',
  'L = [x for x, y in zip(L, L)]',
  'L, *L = L, I',
  'L.sort(reverse=True)',
  'twice(L.append, I)',
  'L = max(L, L)',
  'M = [L, L]',
  'M.append(L)',
  'if M:\n    M[-1].append(I)',
  'for r in M:\n    r.append(I)',
  'M = [[]] * 2',
  'M = [list(r) for r in M]',
  'M = M[:]',
  'M = M',
  'M = fill(M, I)',
  'fill([L], I)',
  'if M:\n    M[0] = L',
  'if M:\n    L = M.pop()',
  'M = sorted(M)',
  'M += [L]',
  'del M[2:]',
  'M = list(D.values())',
  'M = [L] + M[:1]',
  'for r in [L, L]:\n    r.append(I)',
  'M = list(filter(None, M))',
  'for k, r in enumerate(M):\n    r.append(k)',
  'D = {"a": L, "b": L}',
  'D["a"] = L',
  'D.setdefault("c", []).append(I)',
  'if "a" in D:\n    D["a"] += [I]',
  'D = dict(D)',
  'D = {**D, "b": L}',
  'D = D',
  'D.pop("a", None)',
  'D.update(D)',
  'for k in D:\n    D[k].append(I)',
  'for v in D.values():\n    v.append(I)',
  'D = {k: v for k, v in D.items()}',
  'keep(I, D)',
  'D = keep(I, {})',
  'D = dict(zip("ab", M))',
  'L = D.pop("b", L)',
  'D["x"] = list(L)',
  'D.clear()',
  'L = D.setdefault("a", L)',
  'D = D or {"a": L}',
  'D = {"a": L} | D',
  'D |= {"b": L}',
  'O = K(L)',
  'O.items = L',
  'O.items.append(I)',
  'O.add(I)',
  'O.n += I',
  'O = O',
  'O, O = O, O',
  'O.add(I).add(I)',
  'O.items += [I]',
  'O.items = list(O.items)',
  'O = K(D.get("a", []))',
  'setattr(O, "items", L)',
  'L = getattr(O, "items")',
  'vars(O)["n"] = I',
  'O.n = len(M)',
  'twice(O.add, I)',
  'for o in (O, O):\n    o.add(I)',
  't0 = (L, I)',
  't0[0].append(I)',
  't0 = (*t0[:1], I)',
  'del I3\nI3 = I',
  'global_call = [push(x) for x in L[:2]]',
  'x, y = L, L\nx.append(I)',
  '(w := L).append(I)',
  'f = L.append\nf(I)',
  'assert I is not None',
  'exec("i1 = 9")',
  'globals()["i3"] = I'
];

/** Definitions that replace the first ones; at the top only, as those in a branch are not made again from source. */
const definitions: readonly string[] = [
  'def pick(a, b):\n    return b',
  'def push(x):\n    l1.append(x)\n    return l1',
  'def total():\n    return i1 + len(l2)'
];

const wraps: readonly string[] = [
  'if I % 2:\nA\nelse:\nB',
  'if I > 3:\nA',
  'for _ in range(I % 3):\nA',
  'for _ in L[:2]:\nA\n    if I > 4:\n        break\nelse:\nB',
  'try:\nA\n    [][1]\nexcept IndexError:\nB',
  'try:\nA\nfinally:\nB',
  'with suppress(ZeroDivisionError):\nA\n    1 // 0\nif I:\nB',
  'match I % 3:\n    case 0:\n    A\n    case _:\n    B',
  'try:\nA\nexcept KeyError:\nB\nelse:\nA2',
  'n = 0\nwhile n < I % 3:\n    n += 1\nA',
  'def tmp():\nA\n    return 1\ntmp()',
  'while True:\nA\n    break'
];

/** Fills in names: one pick for each letter. */
function named(text: string, picks: readonly number[]): string {
  let at = 0;
  const pick = (of: number) => picks[at++ % picks.length]! % of;
  return text
    .replace(/\bI3\b/g, 'i3')
    .replace(
      /\b([ILMDO])\b/g,
      (_, kind: string) => `${kind.toLowerCase()}${pick({ I: 4, L: 4, M: 2, D: 3, O: 2 }[kind]!)}`
    );
}

const indent = (text: string): string =>
  text
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n');

const picks = fc.array(fc.nat(11), { minLength: 3, maxLength: 6 });
const plain = fc.tuple(fc.constantFrom(...simple), picks).map(([text, p]) => named(text, p));
/** In a function of its own a name that is bound is local: only what changes objects stands there. */
const changing = fc
  .tuple(
    fc.constantFrom(
      'L.append(I)',
      'O.add(I)',
      'D.setdefault("q", []).append(I)',
      'push(I)',
      'M.append(L)',
      'O.items = L'
    ),
    picks
  )
  .map(([text, p]) => named(text, p));

const compound = fc
  .tuple(fc.constantFrom(...wraps), picks, plain, plain, plain, changing)
  .map(([frame, p, a, b, c, d]) => {
    const [first, second] = frame.startsWith('def') ? [d, d] : [a, b];
    return named(frame, p)
      .split('\n')
      .map(line => {
        const depth = line.length - line.trimStart().length;
        const nested = (text: string) => (depth > 0 ? indent(indent(text)) : indent(text));
        const what = line.trim();
        return what === 'A' ? nested(first) : what === 'B' ? nested(second) : what === 'A2' ? nested(c) : line;
      })
      .join('\n');
  });

const statement = fc.oneof(
  { weight: 12, arbitrary: plain },
  { weight: 6, arbitrary: compound },
  { weight: 1, arbitrary: fc.constantFrom(...definitions) }
);
const cell = fc.array(statement, { minLength: 1, maxLength: 5 });
export const program: fc.Arbitrary<Program> = fc.array(cell, { minLength: 2, maxLength: 8 });

export function source(one: Program): readonly string[] {
  return [
    FIRST,
    BINDINGS,
    ...one.filter(statements => statements.length > 0).map(statements => statements.join('\n')),
    LAST
  ];
}
