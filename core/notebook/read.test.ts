import fc from 'fast-check';
import { MAX_CELL, readNotebook } from '.';

const cell = (over: object): object => ({ cell_type: 'code', id: 'a', metadata: {}, source: 'x = 1', ...over });
const notebook = (cells: unknown, over: object = {}): object => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells,
  ...over
});

const codeOf = (input: unknown): string => {
  const reading = readNotebook(input);
  return reading.ok ? 'ok' : reading.problems[0]!.code;
};

test.each([
  ['an empty file', '', 'notebook-empty'],
  ['spaces only', ' \n', 'notebook-empty'],
  ['binary', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]), 'notebook-binary'],
  ['truncated JSON', '{"nbformat": 4,\n "cells": [{"cell_type": "co', 'notebook-json'],
  ['JSON with something behind', '{"nbformat": 4, "cells": []} x', 'notebook-json'],
  ['very deep nesting', '['.repeat(100_000), 'notebook-json'],
  ['a list', '[]', 'notebook-format'],
  ['no nbformat', '{"cells": []}', 'notebook-format'],
  ['nbformat 3', JSON.stringify({ nbformat: 3, worksheets: [] }), 'notebook-old'],
  ['nbformat 5', JSON.stringify({ nbformat: 5, cells: [] }), 'notebook-new'],
  ['cells not a list', notebook({ a: 1 }), 'notebook-format'],
  ['a cell that is no object', notebook([3]), 'notebook-format'],
  ['an unknown kind of cell', notebook([cell({ cell_type: 'heading' })]), 'notebook-format'],
  ['a source of the wrong type', notebook([cell({ source: 7 })]), 'notebook-format'],
  ['a source list with a number', notebook([cell({ source: ['a', 1] })]), 'notebook-format'],
  ['R', notebook([], { metadata: { language_info: { name: 'R' } } }), 'notebook-language'],
  [
    'a Julia kernelspec',
    notebook([], { metadata: { kernelspec: { name: 'julia-1.10', language: 'julia' } } }),
    'notebook-language'
  ],
  ['a cell of data', notebook([cell({ source: 'x'.repeat(MAX_CELL + 1) })]), 'cell-too-large']
])('%s is refused', (_, input, code) => {
  expect(codeOf(input)).toBe(code);
});

test('a truncated file is told with line and column', () => {
  const reading = readNotebook('{"nbformat": 4,\n "cells": [}');
  expect(reading).toMatchObject({ ok: false, problems: [{ at: { line: 2, column: 12 } }] });
});

test('a large cell is told with its place and size', () => {
  const reading = readNotebook(notebook([cell({}), cell({ id: 'b', source: 'x'.repeat(12_000_000) })]));
  expect(reading).toMatchObject({
    ok: false,
    problems: [{ cell: 2, field: 'cells[1].source', message: expect.stringContaining('12.0 MB') }]
  });
});

test.each([
  ['no kernelspec', {}],
  ['a null kernelspec', { kernelspec: null }],
  ['metadata of the wrong type', 'text' as unknown as object],
  ['python in capitals', { language_info: { name: 'Python' } }]
])('%s is fine', (_, metadata) => {
  expect(codeOf(notebook([cell({})], { metadata }))).toBe('ok');
});

test('a byte order mark, NaN and double keys are tolerated as Jupyter does', () => {
  const text =
    '\uFEFF{"nbformat": 4, "nbformat": 4, "cells": [{"cell_type": "code", "source": "NaN", "outputs": [NaN, -Infinity]}]}';
  const reading = readNotebook(text);
  expect(reading.ok && reading.notebook.cells[0]!.source).toBe('NaN');
  expect(reading.ok && reading.notebook.diagnostics.map(diagnostic => diagnostic.code)).toEqual([
    'notebook-duplicate-key',
    'notebook-nan',
    'notebook-nan'
  ]);
});

test('source may be a list; tags of the wrong type are told and ignored', () => {
  const reading = readNotebook(
    notebook([cell({ source: ['a\n', 'b'], metadata: { tags: 'skip' } }), cell({ metadata: [] })])
  );
  expect(reading.ok && reading.notebook.cells[0]).toMatchObject({ source: 'a\nb', tags: [], index: 1 });
  expect(reading.ok && reading.notebook.diagnostics.map(diagnostic => diagnostic.message)).toEqual([
    'Cell 1: cells[0].metadata.tags is not a list of strings; ignored.',
    'Cell 2: cells[1].metadata is not an object; ignored.'
  ]);
});

test('missing and double ids are derived, and an edit elsewhere leaves them alone', () => {
  const ids = (first: string): readonly string[] => {
    const cells = [cell({ source: first }), cell({}), cell({ id: undefined }), cell({ id: 5 })];
    const reading = readNotebook(notebook(cells));
    return reading.ok ? reading.notebook.cells.map(({ id }) => id) : [];
  };
  expect(new Set(ids('y')).size).toBe(4);
  expect(ids('y')[0]).toBe('a');
  expect(ids('z').slice(1)).toEqual(ids('y').slice(1));
});

test('keys of the prototype are ordinary keys', () => {
  const text =
    '{"nbformat": 4, "metadata": {"__proto__": {"kernelspec": {"name": "ir"}}}, "cells": [{"cell_type": "code", "source": "1", "metadata": {"__proto__": {"tags": ["skip"]}}}]}';
  const reading = readNotebook(text);
  expect(reading.ok && reading.notebook.cells[0]!.tags).toEqual([]);
  expect(({} as { tags?: unknown }).tags).toBeUndefined();
});

test('arbitrary JSON and text never throw', () => {
  const cellLike = fc.record(
    {
      cell_type: fc.oneof(fc.constant('code'), fc.jsonValue()),
      source: fc.jsonValue(),
      metadata: fc.jsonValue(),
      id: fc.jsonValue()
    },
    { requiredKeys: [] }
  );
  const like = fc.record({
    nbformat: fc.constant(4),
    cells: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(cellLike, fc.jsonValue()))),
    metadata: fc.jsonValue()
  });
  fc.assert(
    fc.property(fc.oneof(like, fc.jsonValue(), fc.string(), fc.uint8Array()), value => {
      expect(typeof readNotebook(value).ok).toBe('boolean');
      expect(typeof readNotebook(JSON.stringify(value).slice(0, -1)).ok).toBe('boolean');
    }),
    { numRuns: 300 }
  );
});
