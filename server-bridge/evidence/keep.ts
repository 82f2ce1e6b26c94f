import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence } from '@cellway/core/dataflow';
import { digest } from '@cellway/core/notebook';
import { writeAtomically } from '../runs/folder';

/** By the digest of a cell's text. */
export type CellEvidence = Readonly<Record<string, Evidence>>;

const KINDS = ['draws', 'changes', 'reads', 'writes', 'names', 'alters'] as const;

/** Another schema is another Cellway's: its runs will see the same again. */
const SCHEMA = 'cellway.evidence/1';

/** Bounds: cells kept of a notebook, entries of one kind kept of a cell, notebooks kept. */
const CELLS = 300;
const ENTRIES = 60;
const NOTEBOOKS = 500;

function folderOf(data: string): string {
  return join(data, 'evidence');
}

function fileOf(data: string, notebook: string): string {
  return join(folderOf(data), `${digest(notebook).slice(0, 32)}.json`);
}

/** What runs of this notebook have seen. `notebook`: absolute path. */
export function readEvidence(data: string, notebook: string): CellEvidence {
  const path = fileOf(data, notebook);
  if (!existsSync(path)) return {};
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { readonly schema: string; readonly cells: CellEvidence };
  return kept.schema === SCHEMA ? kept.cells : {};
}

/** Two views of one cell as one: nothing that was once seen is forgotten, up to the bound. */
function joined(before: Evidence, now: Evidence): Evidence {
  const found: Record<string, readonly string[]> = {};
  for (const kind of KINDS) {
    const all = [...new Set([...(now[kind] ?? []), ...(before[kind] ?? [])])].slice(0, ENTRIES).sort();
    if (all.length > 0) found[kind] = all;
  }
  return found;
}

/** Adds what a run has seen; the cells seen last are kept. True where something new was among it. */
export function keepEvidence(data: string, notebook: string, seen: CellEvidence): boolean {
  const before = readEvidence(data, notebook);
  const news = Object.entries(seen).filter(
    ([cell, evidence]) => JSON.stringify(joined(before[cell] ?? {}, evidence)) !== JSON.stringify(before[cell])
  );
  if (news.length === 0) return false;
  const cells = new Map(Object.entries(before));
  for (const [cell, evidence] of news) {
    const all = joined(before[cell] ?? {}, evidence);
    cells.delete(cell);
    cells.set(cell, all);
  }
  mkdirSync(folderOf(data), { recursive: true });
  writeAtomically(
    fileOf(data, notebook),
    JSON.stringify({ schema: SCHEMA, notebook, cells: Object.fromEntries([...cells].slice(-CELLS)) })
  );
  prune(data);
  return true;
}

/** Notebooks that ran longest ago go first. */
function prune(data: string): void {
  const names = readdirSync(folderOf(data)).filter(name => name.endsWith('.json'));
  if (names.length <= NOTEBOOKS) return;
  const aged = names
    .map(name => ({ path: join(folderOf(data), name), at: statSync(join(folderOf(data), name)).mtimeMs }))
    .sort((a, b) => a.at - b.at);
  for (const { path } of aged.slice(0, names.length - NOTEBOOKS)) rmSync(path, { force: true });
}
