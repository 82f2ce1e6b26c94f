import fc from 'fast-check';
import { parseCell, parseModule, scopes } from './index';

const check = (source: string): void => {
  for (const module of [parseCell(source), parseModule(source)]) {
    scopes(module);
    inside(module, 0, source.length);
  }
};

/** Every node lies in the text, ends no earlier than it starts. */
function inside(value: unknown, from: number, to: number): void {
  const pending: unknown[] = [value];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const span = node as { start?: unknown; end?: unknown };
    if (typeof span.start === 'number' && typeof span.end === 'number') {
      if (span.start < from || span.end > to || span.start > span.end) {
        throw new Error(`span ${span.start}-${span.end} outside ${from}-${to}: ${JSON.stringify(node).slice(0, 200)}`);
      }
    }
    for (const inner of Object.values(node)) if (typeof inner === 'object' && inner !== null) pending.push(inner);
  }
}

const CODE = `%%capture out
import numpy as np
@decorated(1)
async def f[T: int = str](a, /, b: T = 1, *args: *Ts, c, **kw) -> None:
    """doc"""
    with (open(a) as g, h): pass
    async for x in y: await z
    return [i for i in f"{a!r:>{w}} {b=}" if i] or {**d, 1: 2}
match a:
    case {"x": [1, *rest], **more} if rest: pass
    case P(x=1) | None as q: pass
try: !ls {x} $y
except* (A, B) as e: x = %magic a
a.b?
%timeit -n 5 f(1)
type X[**P] = lambda *a, k=1: (yield)
rf'{x:{'\\n'}}' t"{y}" 'é' b"\\x00" 0x_ff 1e5j
`;

test('arbitrary text never throws, and its offsets are in the text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      ...CODE.split(/(\b|\n)/),
      '\n',
      '    ',
      '"""',
      "f'",
      '{',
      '}',
      '(',
      ')',
      '[',
      ':',
      '\\',
      '\r',
      '\t',
      '%%',
      '>>> '
    )
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), pieces => check(pieces.join(''))),
    { numRuns: 1500 }
  );
});

test('a prefix, or code with a hole, never throws', () => {
  const code = `${CODE}${CODE.slice(CODE.indexOf('\n') + 1)}`;
  const place = fc.nat(code.length);
  fc.assert(
    fc.property(place, place, fc.string({ maxLength: 3 }), (a, b, extra) =>
      check(code.slice(14, Math.min(a, b)) + extra + code.slice(Math.max(a, b)))
    ),
    { numRuns: 1500 }
  );
});

const MANY = 1_000_000;
test.each([
  ['parentheses', '('.repeat(MANY)],
  ['closing parentheses', ')'.repeat(MANY)],
  ['brackets and lines', '(\n'.repeat(MANY / 2)],
  ['quotes', '"'.repeat(MANY + 1)],
  ['triple quotes apart', `${'""" '.repeat(MANY / 4)}"`],
  ['opened triple quotes', `${'\'\'\'"""\n'.repeat(MANY / 8)}`],
  ['backslashes', '\\'.repeat(MANY)],
  ['escaped quotes', `"""${'\\"""'.repeat(MANY / 4)}`],
  ['NUL bytes', '\0'.repeat(MANY)],
  ['one long name', 'a'.repeat(5 * MANY)],
  ['one long line', 'a + b; '.repeat(MANY)],
  ['f-strings', 'f"{'.repeat(MANY / 3)],
  ['f-strings on lines', 'f"""{\n'.repeat(MANY / 8)],
  ['a long sum', `x = ${'1 + '.repeat(100_000)}1`],
  ['a chain of attributes', `x${'.y'.repeat(100_000)}`],
  ['a chain of calls', `x${'()'.repeat(100_000)}`],
  ['minus signs', `${'-'.repeat(MANY)}1`],
  ['nots', `${'not '.repeat(MANY / 4)}1`],
  ['lambdas', `${'lambda: '.repeat(MANY / 8)}1`],
  ['conditionals', `${'1 if 1 else '.repeat(MANY / 12)}1`],
  ['powers', `${'1**'.repeat(MANY / 3)}1`],
  ['awaits', `${'await '.repeat(MANY / 6)}x`],
  ['elifs', `if 1: pass\n${'elif 1: pass\n'.repeat(50_000)}`],
  ['indentation', Array.from({ length: 1000 }, (_, n) => `${' '.repeat(n)}if 1:\n`).join('')],
  ['matches', 'match x:\n'.repeat(100_000)],
  ['cell magics', '%%time\n'.repeat(100_000)],
  ['prompts', '>>> '.repeat(MANY / 4)],
  ['dollars', `!${'$ '.repeat(MANY / 2)}`],
  ['words after a magic', `%time ${'a '.repeat(MANY / 2)}`],
  ['specs of a command', `!${'{a:'.repeat(MANY / 8)}${'}'.repeat(MANY / 8)}`],
  ['braces of a command', `!${'{'.repeat(MANY)}`],
  ['indented blanks', ' '.repeat(MANY)],
  ['targets', `${'('.repeat(150)}x${','.repeat(1)}${')'.repeat(150)} = 1`],
  ['starred targets', `for ${'*'.repeat(MANY)}x in y: pass`]
])('%s neither overflow the stack nor take long', (_, source) => {
  scopes(parseCell(source));
  scopes(parseModule(source));
});
