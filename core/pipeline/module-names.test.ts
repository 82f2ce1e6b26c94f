import { moduleNames } from './module-names';

const files: Readonly<Record<string, string>> = {
  plain:
    'import os\nfrom math import pi as _pi, e\nA = 1\n_b = 2\ndef f(): inner = 1\nclass C: x = 1\nfor i in []: pass',
  listed: '__all__ = ["f", "_g"]\n__all__ += ["h"]\nA = 1',
  computed: '__all__ = [n for n in dir()]',
  late: 'A = 1\n__all__.append("x")',
  dynamic: 'globals()["x"] = 1',
  byCall: 'def f():\n    global X\n    X = 1\n',
  broken: 'def (',
  onto: 'from plain import *\nZ = 1',
  branch: 'try:\n    from listed import *\nexcept ImportError:\n    Q = 2',
  circle: 'from circle import *',
  elsewhere: 'from nowhere_at_all import *',
  'pkg.a': 'from .b import *\nfrom ..top import *',
  'pkg.b': 'B = 1',
  standard: 'from math import *'
};

test.each<[string, readonly string[] | null]>([
  ['plain', ['A', 'C', 'e', 'f', 'i', 'os']],
  ['listed', ['f', '_g', 'h']],
  ['computed', null],
  ['late', null],
  ['dynamic', null],
  ['byCall', null],
  ['broken', null],
  ['onto', ['A', 'C', 'Z', 'e', 'f', 'i', 'os']],
  ['branch', ['Q', 'f', 'h']],
  ['circle', null],
  ['elsewhere', null],
  ['pkg.b', ['B']]
])('from %s import *', (module, expected) => {
  expect(moduleNames(module, name => files[name] ?? null)).toEqual(expected);
});

test('a module that stars the standard library has its names', () => {
  expect(moduleNames('standard', name => files[name] ?? null)).toContain('sqrt');
});
