import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import { cellDigest } from '@cellway/core/pipeline';
import type { Report } from '../engines/local/report';
import { evidenceOf, keepEvidence, type Observed, readEvidence } from '.';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cellway-evidence-'));
});
afterEach(() => rmSync(data, { recursive: true }));

test('views of one cell add up, and a run that saw nothing new writes nothing', () => {
  expect(keepEvidence(data, '/n.ipynb', { c: { draws: ['random'] } })).toBe(true);
  expect(keepEvidence(data, '/n.ipynb', { c: { draws: ['numpy.random'], reads: ['f'] } })).toBe(true);
  expect(keepEvidence(data, '/n.ipynb', { c: { draws: ['random'] } })).toBe(false);
  expect(readEvidence(data, '/n.ipynb')).toEqual({ c: { draws: ['numpy.random', 'random'], reads: ['f'] } });
  expect(readEvidence(data, '/other.ipynb')).toEqual({});
});

test('what is kept is bounded: the cells seen last, so many entries of each', () => {
  const many = (n: number) => Array.from({ length: n }, (_, at) => at);
  for (const at of many(310)) keepEvidence(data, '/n.ipynb', { [`c${at}`]: { reads: many(100).map(String) } });
  const kept = readEvidence(data, '/n.ipynb');
  expect(Object.keys(kept).length).toBe(300);
  expect(kept.c0).toBeUndefined();
  expect(kept.c309!.reads!.length).toBe(60);
  for (const at of many(510)) keepEvidence(data, `/${at}.ipynb`, { c: { draws: ['random'] } });
  expect(readdirSync(join(data, 'evidence')).length).toBe(500);
});

function observed(name: string, files: Partial<Report['files']>, more: Partial<Report> = {}): Observed {
  const node = {
    name,
    cells: [{ id: `${name}1` }, { id: `${name}2` }],
    files: { reads: [], writes: [] },
    outputs: []
  } as unknown as Step;
  const report = {
    ambient: { changed: [], artifact: null },
    files: { read: [], written: [], removed: [], unwatched: [], ...files },
    needs: [],
    inputs_changed: [],
    definitions_changed: [],
    ...more
  } as unknown as Report;
  return { node, report };
}

const of = (...all: Observed[]) => evidenceOf(all, cell => cell);

test('only files that one step changes and another uses are worth keeping', () => {
  const writer = observed('a', {
    written: [
      { path: 'out/f', cell: 'a1', line: 1 },
      { path: 'own', cell: 'a2', line: 1 }
    ]
  });
  const reader = observed('b', {
    read: [
      { path: 'out/f', cell: 'b1' },
      { path: 'data.csv', cell: 'b1' }
    ]
  });
  const lister = observed('c', {
    read: [
      { path: 'out/', cell: 'c2' },
      { path: '/etc/x', cell: 'c2' }
    ]
  });
  expect(of(writer, reader, lister)).toEqual({
    [cellDigest('a1')]: { writes: ['out/f'] },
    [cellDigest('b1')]: { reads: ['out/f'] },
    [cellDigest('c2')]: { reads: ['out/'] }
  });
});

test('files elsewhere, at the top of the file system too, say nothing of others', () => {
  expect(of(observed('a', { written: [{ path: '/tmp/x', cell: 'a1', line: 1 }] }), observed('b', {}))).toEqual({});
});

test("state that cannot be handed on is not kept; what no cell is named for is the last one's", () => {
  const seen = observed(
    'a',
    {},
    {
      ambient: {
        changed: [
          { slot: 'random', cell: 'a1' },
          { slot: 'environ', cell: 'a1' },
          { slot: 'matplotlib.figures', cell: 'a1', lost: 'it is open' }
        ],
        artifact: null
      },
      inputs_changed: [{ name: 'df', wanted: true }]
    }
  );
  expect(of(seen)).toEqual({
    [cellDigest('a1')]: { draws: ['random'], changes: ['environ'] },
    [cellDigest('a2')]: { alters: ['df'] }
  });
});
