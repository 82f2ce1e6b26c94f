import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  applyOutput,
  type CellStateName,
  type CellView,
  type Json,
  type RuntimeEvent,
  shownOutputs
} from '@cellway/core/api';
import { paths } from '../runs/folder';
import { executedNotebook } from '../runs/notebook';
import type { RunRow } from '../store';
import { type Tried, triedSteps } from './attempts';
import type { Bridge } from './bridge';
import { linesWith } from './lines';
import type { Outline } from './outline';

type Cells = Outline['cells'];
interface Executed {
  readonly id: string;
  readonly execution_count: number | null;
  readonly outputs: readonly Json[];
}

/** What an attempt's cells have done so far. */
interface Progress {
  readonly states: ReadonlyMap<string, { readonly state: string; readonly took: number | null }>;
  /** Outputs of the cell that runs. */
  readonly running: { readonly cell: string; readonly outputs: readonly Json[] } | null;
  readonly executed: ReadonlyMap<string, Executed>;
}

const LATER: Json = {
  output_type: 'display_data',
  data: { 'text/plain': '(More than 64 kB: shown when the cell has ended.)' },
  metadata: {}
};

/** Large outputs are in `cells.json` only, once their cell has ended. */
function inlined(event: RuntimeEvent): RuntimeEvent {
  const { output } = event;
  return output !== null && typeof output === 'object' && 'ref' in output ? { ...event, output: LATER } : event;
}

async function progressOf(folder: string): Promise<Progress> {
  const states = new Map<string, { readonly state: string; readonly took: number | null }>();
  let running = null as Progress['running'];
  for await (const line of linesWith(join(folder, 'events.jsonl'), '"cell"', '"output"')) {
    const event = line as unknown as RuntimeEvent;
    const cell = String(event.cell);
    if (event.type === 'cell') {
      states.set(cell, { state: String(event.state), took: typeof event.took === 'number' ? event.took : null });
      running = event.state === 'running' ? { cell, outputs: [] } : null;
    } else if (event.type === 'output' && running?.cell === cell) {
      running = { cell, outputs: applyOutput(running.outputs, inlined(event)) };
    }
  }
  return { states, running, executed: await executedCells(folder) };
}

async function executedCells(folder: string): Promise<ReadonlyMap<string, Executed>> {
  const path = join(folder, 'cells.json');
  if (!existsSync(path)) return new Map();
  const cells = JSON.parse(await readFile(path, 'utf8')) as readonly Executed[];
  return new Map(cells.map(cell => [cell.id, cell]));
}

function stateOf(told: string | undefined, attempt: Tried['attempt']): CellStateName {
  const runs = attempt.state === 'running';
  switch (told) {
    case 'succeeded':
    case 'failed':
      return told;
    case 'running':
      return runs ? 'running' : 'failed';
    default:
      return runs ? 'pending' : 'not-run';
  }
}

/** Code cells of a run as they stand. */
export async function viewCells(bridge: Bridge, row: RunRow, cells: Cells): Promise<readonly CellView[]> {
  const attemptsOf = triedSteps(bridge, row);
  const steps = bridge.stepStates(row);
  const progress = new Map<string, { readonly last: Tried; readonly done: Progress } | null>();
  const views: CellView[] = [];
  for (const { id, index, node } of cells) {
    const nothing = {
      id,
      index,
      step: node?.name ?? null,
      attempt: null,
      took: null,
      execution_count: null,
      outputs: []
    };
    if (node === null) {
      views.push({ ...nothing, state: 'not-run' });
      continue;
    }
    let found = progress.get(node.name);
    if (found === undefined) {
      const last = attemptsOf(node).at(-1);
      found = last === undefined ? null : { last, done: await progressOf(last.folder) };
      progress.set(node.name, found);
    }
    if (found === null) {
      const ended = ['cancelled', 'skipped'].includes(steps.get(node.name)?.kind ?? '');
      views.push({ ...nothing, state: ended ? 'not-run' : 'pending' });
      continue;
    }
    const { attempt } = found.last;
    const { states, running, executed } = found.done;
    const done = executed.get(id);
    views.push({
      ...nothing,
      state: stateOf(states.get(id)?.state, attempt),
      attempt: attempt.attempt,
      took: states.get(id)?.took ?? null,
      execution_count: done?.execution_count ?? null,
      outputs: done?.outputs ?? (running?.cell === id ? shownOutputs(running.outputs) : [])
    });
  }
  return views;
}

/** The notebook with the outputs that there are so far. */
export async function composedNotebook(bridge: Bridge, row: RunRow): Promise<string> {
  const views = await viewCells(bridge, row, bridge.outlines.of(row).cells);
  const executed = new Map(views.map(view => [view.index, view]));
  const original: unknown = JSON.parse(readFileSync(paths.original(row.folder), 'utf8'));
  return JSON.stringify(executedNotebook(original, executed));
}
