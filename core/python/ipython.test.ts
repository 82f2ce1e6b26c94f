import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Magic } from './index';
import { parseCell } from './index';

const CELLS = [
  '%matplotlib inline\nx = 1',
  '!ls -la {folder} $name $$name $' + '{other} {a.b[0]!r} {b[1:2]}',
  '!ls {a!r:>5} {b}',
  '!ls {a:>{w}} {b}',
  "!awk '{print $1}' file",
  "!echo '$x' $y '{z}'",
  '!echo {{a}} {b}',
  '!!ls',
  'files = !ls {pattern}',
  'a, b = %magic some $arg',
  'x.y[0] = !cmd',
  'f(a=1)\nz = %env HOME',
  'if x:\n    !ls\n    y = !pwd\n    %cd {where}\n    z = 2',
  'name?',
  'name.attr??',
  '?name',
  '??name',
  '%magic?',
  'np.*load*?',
  'a[0].b?',
  '%%bash --out x --err y\necho $HOME {notread}\n',
  '%%writefile out_{n}.py\nx = {y}\n',
  '%%html\n<b>{a}</b>',
  '%%unknown thing\nbody',
  '\n\n%%sh\nls',
  '>>> !ls\n>>> x = 1',
  'In [1]: %who\n   ...: y = 1',
  '  %pwd\n  x = 1',
  '!ls \\\n  {folder}',
  's = """\n!not a command\n%nor this\n"""\n!ls',
  'x = [\n  1 %2,\n  3]\n%who',
  'y = 5 %x',
  'a = b != c',
  '# !ls\n%pwd # comment',
  'x = "%d" % 3\ny = {"a": 1}\n!echo {y["a"]}',
  'x = 1; y = 2\n!ls',
  '!echo "it\'s $x"'
];

interface Call {
  readonly call: readonly string[];
  readonly reads: readonly string[];
}

function magics(cell: string): Magic[] {
  const found: Magic[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ((node as { kind?: unknown }).kind === 'Magic') found.push(node as Magic);
    for (const [key, inner] of Object.entries(node)) if (key !== 'code') visit(inner);
  };
  visit(parseCell(cell).body);
  return found;
}

function asCall(magic: Magic, cell: string): Call {
  const line = magic.line.replaceAll('\\\n', ' ');
  const reads = magic.reads.map(read => cell.slice(read.start, read.end));
  switch (magic.form) {
    case 'shell': {
      const captured = cell.startsWith('!!', magic.start) || cell.slice(0, magic.start).trimEnd().endsWith('=');
      return { call: [captured ? 'getoutput' : 'system', line], reads };
    }
    case 'cell':
      return { call: ['run_cell_magic', magic.name, line, magic.body ?? ''], reads };
    case 'help': {
      const full = cell.slice(magic.start, magic.end).includes('??');
      const name = full ? 'pinfo2' : line.includes('*') ? 'psearch' : 'pinfo';
      return { call: ['run_line_magic', name, line], reads: [] };
    }
    default:
      return { call: ['run_line_magic', magic.name, line], reads };
  }
}

test('commands and what they read are those that IPython finds', () => {
  const python = process.env.CELLWAY_PYTHON ?? resolve('.venv/bin/python');
  const output = execFileSync(python, [resolve('core/python/testing/ipython.py')], {
    input: JSON.stringify(CELLS),
    encoding: 'utf8'
  });
  const theirs = JSON.parse(output) as [string[], string[]][][];
  for (const [index, cell] of CELLS.entries()) {
    const names = (reads: readonly string[]): string[] => reads.map(read => /^\w+/.exec(read)?.[0] ?? read);
    const body = (call: readonly string[]): string[] => call.map(part => part.trimEnd());
    const ours = magics(cell).map(magic => asCall(magic, cell));
    const expected = theirs[index]!.map(([call, reads]) => ({ cell, call: body(call), reads: names(reads) }));
    const key = (item: { call: readonly string[] }): string => item.call.join(' ');
    const found = ours.map(({ call, reads }) => ({ cell, call: body(call), reads: names(reads) }));
    expect(found.sort((a, b) => key(a).localeCompare(key(b)))).toEqual(
      expected.sort((a, b) => key(a).localeCompare(key(b)))
    );
  }
});
