import { asciiOnly, inAscii } from './charset';
import { columns } from './terminal';

test.each<[NodeJS.ProcessEnv, boolean]>([
  [{}, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'C.utf8' }, false],
  [{ LANG: 'de_DE' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, true],
  [{ LANG: 'de_DE.ISO-8859-1@euro' }, true]
])('a terminal of %j: ASCII only is %s', (env, ascii) => {
  expect(asciiOnly(env)).toBe(ascii);
});

test('our signs have a counterpart of one column; other text stays', () => {
  const text = '✓ ✕ ◐ ○ ● ⟲ … → ▤ ◇ │─├┼┤└┴┘ 4–6 ×';
  expect(inAscii(text)).toMatch(/^[ -~]+$/);
  expect(columns(inAscii(text))).toBe(columns(text));
  expect(inAscii('数据 ü')).toBe('数据 ü');
});
