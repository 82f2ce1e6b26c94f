import { readJson } from './json';
import { parseLossless } from './lossless';

test.each([
  '{"big":9007199254740993123,"float":1.0,"tiny":1e-400,"list":[12345678901234567890,-0,0.10]}',
  '[1,2.5,"9007199254740993",null,true,{"__proto__":1}]'
])('%s is written as it was read', text => {
  expect(JSON.stringify(parseLossless(text))).toBe(text);
});

test('what Jupyter tolerates is put right in the text, digits and all', () => {
  const read = readJson('\uFEFF{"a": NaN, "b": 12345678901234567890, "c": -Infinity}');
  expect(read).toMatchObject({ ok: true, text: '{"a": null, "b": 12345678901234567890, "c": null}' });
});
