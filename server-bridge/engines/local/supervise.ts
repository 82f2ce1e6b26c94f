import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { parseLossless } from '@cellway/core/notebook';
import { evidenceOf, keepEvidence } from '../../evidence';
import { forgetEnvironment } from '../../runs/environment';
import { isFinal, type RunEvent } from '../../runs/event';
import { paths, readRunFile, type RunFile, writeAtomically } from '../../runs/folder';
import { takeLock } from '../../runs/lock';
import { EventLog, readEvents } from '../../runs/log';
import { type ExecutedCell, executedNotebook } from '../../runs/notebook';
import { planOf } from '../../runs/plan';
import { freeReserve } from '../../runs/reserve';
import { isCancelled, signIn } from '../../runs/supervision';
import { isStore, openStore, passingStore, type Store } from '../../store';
import { Launchers } from './launchers';
import { ownFailure } from './own-failure';
import { cacheOf } from './run-cache';
import { executionCounts } from './step-file';
import { type Outcome, Supervisor } from './supervisor';
import { WorkingCopy } from './workcopy';

type Row = ExecutedCell & { readonly id: string };
type Output = { readonly output_type?: string; readonly execution_count?: number | null };

/** The executed cells of all steps by index; a result from an earlier run is fitted to where the cells stand now. */
export function executedCells(run: RunFile, folders: ReadonlyMap<string, string>): ReadonlyMap<number, ExecutedCell> {
  const counts = executionCounts(run);
  const executed = new Map<number, ExecutedCell>();
  for (const node of planOf(run.pipeline).nodes) {
    const folder = folders.get(node.name);
    const path = folder === undefined ? '' : join(folder, 'cells.json');
    if (!existsSync(path)) continue;
    const rows = parseLossless(readFileSync(path, 'utf8')) as readonly Row[];
    const byId = new Map(rows.map(row => [row.id, row]));
    const known = rows.every(row => node.cells.some(cell => cell.id === row.id));
    node.cells.forEach((cell, at) => {
      const row = known ? byId.get(cell.id) : rows[at];
      if (!row) return;
      const count = counts.get(cell.id) ?? null;
      const outputs = (row.outputs as readonly Output[]).map(output =>
        output.output_type === 'execute_result' ? { ...output, execution_count: count } : output
      );
      executed.set(cell.index, {
        index: cell.index,
        execution_count: row.execution_count === null ? null : count,
        outputs
      });
    });
  }
  return executed;
}

function writeNotebook(run: RunFile, folder: string, folders: ReadonlyMap<string, string>): void {
  const original = parseLossless(readFileSync(paths.original(folder), 'utf8'));
  writeAtomically(
    paths.notebook(folder),
    `${JSON.stringify(executedNotebook(original, executedCells(run, folders)), null, 1)}\n`
  );
}

function complain(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
}

/**
 * The store; one that is forgotten with the process, and why, when there is none to be had: a newer Cellway has taken it
 * over since the run was made, or it is damaged. The run's own files do not need it.
 */
function storeFor(run: RunFile): { readonly store: Store; readonly why: string | null } {
  try {
    const store = openStore(run.data);
    return isStore(store) ? { store, why: null } : { store: passingStore(), why: store.reason.message };
  } catch (error) {
    return { store: passingStore(), why: error instanceof Error ? error.message : String(error) };
  }
}

/** Seconds for which supervisors before this one had the run, by their own events; a clock set back counts for nothing. */
function supervisedFor(before: readonly RunEvent[]): number {
  const began = before.find(event => event.type === 'run' && event.state === 'started');
  return began === undefined ? 0 : Math.max(0, before.at(-1)!.t - began.t);
}

/**
 * Runs a run from its folder, to the end. The process that calls it is the run's supervisor: SIGINT and SIGTERM stop the
 * run. One that another supervisor began, which died, is taken over where that one was; when one is alive, nothing
 * happens. The log's final event comes after all else is on disk. `patience`: milliseconds that a forked child has to
 * begin.
 */
export async function supervise(folder: string, patience?: number): Promise<void> {
  const lock = takeLock(paths.lock(folder));
  if (lock === null) return;
  try {
    await superviseAlone(folder, patience);
  } finally {
    lock.release();
  }
}

async function superviseAlone(folder: string, patience?: number): Promise<void> {
  const since = performance.now();
  signIn(folder);
  const run = readRunFile(folder);
  let supervisor: Supervisor | null = null;
  const log = new EventLog(paths.events(folder), undefined, () => {
    supervisor?.full();
    return freeReserve(folder);
  });
  const { before } = log;
  if (before.some(isFinal)) {
    log.close();
    return;
  }
  const adopted = log.view.run.kind === 'started';
  const earlier = supervisedFor(before);
  const took = () => earlier + Math.round((performance.now() - since) * 1000) / 1_000_000;
  log.append({ type: 'run', state: 'started', pid: process.pid, ...(adopted ? { adopted } : {}) });
  const { store, why } = storeFor(run);
  if (why !== null) log.append({ type: 'note', message: `Nothing is taken from the cache or kept in it: ${why}` });
  const sources = new Map(run.cells.map(cell => [cell.id, cell.source]));
  const sourceOf = (cell: string) => sources.get(cell) ?? '';
  const launchers = new Launchers(run, folder);
  const exclude = run.data.startsWith(run.notebook.folder + sep) ? [run.data, dirname(folder)] : [];
  const work = new WorkingCopy(paths.work(folder), run.notebook.folder, exclude);
  const own = new Supervisor({
    run,
    folder,
    log,
    launchers,
    work,
    sourceOf,
    patience,
    before,
    stopAsked: () => isCancelled(folder),
    cache: earlierFiles => cacheOf(run, store, process.env, earlierFiles)
  });
  supervisor = own;
  const stop = () => own.cancel();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  let outcome: Outcome;
  try {
    outcome = await own.supervise();
    keepEvidence(run.data, run.notebook.path, evidenceOf(own.observed, sourceOf));
    await work.finish();
    writeNotebook(run, folder, own.folders);
  } catch (error) {
    complain(error);
    outcome = ownFailure(run, folder, error);
  } finally {
    launchers.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  forgetEnvironment(folder);
  log.append({ type: 'run', took: took(), ...outcome });
  log.sync();
  log.close();
  freeReserve(folder);
  try {
    store.ingest(run.id, readEvents(paths.events(folder)));
  } catch (error) {
    // The files have it all; whoever takes runs in next reads them.
    complain(error);
  }
  store.close();
  rmSync(paths.held(folder), { recursive: true, force: true });
  await work.thin();
}
