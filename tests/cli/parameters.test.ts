import { Scratch } from './command';

let scratch: Scratch;
beforeAll(() => {
  scratch = new Scratch();
  scratch.notebook('values.ipynb', [
    [
      'rate = 1.5\nwhole = 4.0\nn = 3\nname = "x"\nflag = True\nxs = [1, 2]\nd = {"a": 1}\nnone = None\n' +
        'note: float = 1',
      'parameters'
    ],
    ['for value in (rate, whole, n, name, flag, xs, d, none, note):\n    print(ascii(value))', 'step:a']
  ]);
});
afterAll(() => scratch.close());

const give = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, text]) => ['-p', `${name}=${text}`]);

test('defaults arrive in the step as the notebook has them', async () => {
  expect(await scratch.run(['run', 'values.ipynb'])).toMatchObject({ code: 0 });
  expect(scratch.lastLog('a').trimEnd().split('\n')).toEqual([
    ...['1.5', '4.0', '3', "'x'", 'True', '[1, 2]', "{'a': 1}", 'None', '1']
  ]);
});

test.each([
  [
    { rate: '2', whole: 'nan', n: '-7', name: '', flag: 'no', xs: '[1.0, "a", null]', d: '{}', none: '3.0', note: '2' },
    ['2.0', 'nan', '-7', "''", 'False', "[1.0, 'a', None]", '{}', '3.0', '2.0']
  ],
  [
    {
      rate: '-inf',
      whole: '1e300',
      n: '0',
      name: 'it\'s "q"\nnew\\n ü 数据 🎉 $(x) `y`',
      flag: '1',
      xs: '[[nan, inf], {"k": [2.0]}]',
      d: '{"ü": {"y": [true, -0.0, 1e21]}}',
      none: 'some text'
    },
    [
      '-inf',
      '1e+300',
      '0',
      `'it\\'s "q"\\nnew\\\\n \\xfc \\u6570\\u636e \\U0001f389 $(x) \`y\`'`,
      'True',
      "[[nan, inf], {'k': [2.0]}]",
      "{'\\xfc': {'y': [True, -0.0, 1e+21]}}",
      "'some text'",
      '1'
    ]
  ]
])('given values arrive with the right Python type: %j', async (values, expected) => {
  expect(await scratch.run(['run', 'values.ipynb', ...give(values)])).toMatchObject({ code: 0 });
  expect(scratch.lastLog('a').trimEnd().split('\n')).toEqual(expected);
});

test('wrong names and types are told all at once, with the likely name, and nothing is written', async () => {
  const before = scratch.runs().length;
  const { code, stdout, stderr } = await scratch.run(['run', 'values.ipynb', ...give({ rat: '3', n: '2.5', xs: '3' })]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain("no parameter 'rat'. Did you mean 'rate'?");
  expect(stderr).toContain('Parameter \'n\' is a whole number; "2.5" is not.');
  expect(stderr).toContain("Parameter 'xs' is a list");
  expect(scratch.runs().length).toBe(before);
});
