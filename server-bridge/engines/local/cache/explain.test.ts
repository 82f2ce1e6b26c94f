import type { Step } from '@cellway/core/api';
import { explain, textsOf } from './explain';

const node = {
  name: 'fit',
  cells: [{ index: 7, id: 'a' }],
  replay: [{ cell: { index: 2, id: 's' }, line: 4, source: '', names: [] }]
} as unknown as Step;

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['a line of a cell', { 'cell:1': 'a\nb\nc' }, { 'cell:1': 'a\nb\nd' }, 'cell 7 line 3 changed'],
  ['a line of setup', { 'replay:1': 'a\nb' }, { 'replay:1': 'a\nc' }, 'cell 2 line 5 changed'],
  ['an input', { 'input:df': 'r1/a/1' }, { 'input:df': 'r2/a/1' }, 'input `df` changed (step load ran again)'],
  ['a package', { 'package:pandas': 'pandas 3.1.0' }, { 'package:pandas': 'pandas 3.1.1' }, 'pandas 3.1.0 → 3.1.1'],
  ['a parameter', { 'parameter:n': '1' }, { 'parameter:n': '2' }, 'parameter n 1 → 2'],
  ['a variable', { 'variable:ZED': 'd1' }, { 'variable:ZED': 'd2' }, 'the environment variable ZED changed'],
  ['another Cellway', { 'cellway:': 'a' }, { 'cellway:': 'b' }, 'it was made by another build of Cellway'],
  ['a Cellway that said nothing of itself', {}, { 'cellway:': 'b' }, 'it was made by another build of Cellway'],
  ['the interpreter', { 'python:': '3.11.7' }, { 'python:': '3.12.1' }, 'Python 3.11.7 → 3.12.1']
])('%s is named', (_what, before, now, expected) => {
  expect(textsOf(explain(node, before, now, () => 'load'))).toEqual([expected]);
});
