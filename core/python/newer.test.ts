import { execFileSync } from 'node:child_process';
import { parseModule } from './index';

const SNIPPETS = [
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

test('syntax up to 3.14 is accepted and refused as CPython 3.14 does', () => {
  const script = `import { loadPyodide } from 'pyodide'; const py = await loadPyodide();
    py.globals.set('snippets', ${JSON.stringify(JSON.stringify(SNIPPETS))});
    console.log(py.runPython(\`
import ast, json
def accepts(s):
    try: ast.parse(s)
    except SyntaxError: return False
    return True
json.dumps([accepts(s) for s in json.loads(snippets)])\`))`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const theirs = JSON.parse(output.trim().split('\n').at(-1)!) as boolean[];
  const ours = SNIPPETS.map(source => [source, parseModule(source).problems.length === 0]);
  expect(ours).toEqual(SNIPPETS.map((source, index) => [source, theirs[index]]));
});
