import type { Run, RunOptions, RunSummary, StepStatus } from '@cellway/core/api';
import type { StepState } from '../runs/state';
import type { Bridge } from '../service/bridge';
import type { RunRow } from '../store';

/** Rows of a list as the API shows them, in a few queries for all. */
export function runSummaries(bridge: Bridge, rows: readonly RunRow[]): readonly RunSummary[] {
  const named = bridge.store.lists.named(rows.map(row => row.id));
  return rows.map(row => {
    const { id, name, state, created, took, engine, principal, profile, experiment, origin, reason } = row;
    return {
      ...{ id, name, state, created, took, principal, profile, experiment, origin, reason },
      engine: engine as RunSummary['engine'],
      notebook: { path: row.notebook, digest: row.digest, git: row.git },
      ...named(id)
    };
  });
}

export function runDetail(bridge: Bridge, row: RunRow): Run {
  const { options: all, parameterTypes, nodes } = bridge.outlines.of(row);
  const states = bridge.stepStates(row);
  const { cache, only, from, parallel, memory } = all;
  const options: RunOptions = Object.fromEntries(
    Object.entries({ cache, only, from, parallel, memory }).filter(([, value]) => value !== undefined)
  );
  return {
    ...runSummaries(bridge, [row])[0]!,
    options,
    parameterTypes,
    steps: nodes.map(node => stepStatus(node, states.get(node.name))),
    n: row.n
  };
}

function stepStatus(step: Pick<StepStatus, 'name' | 'id' | 'kind'>, state: StepState | undefined): StepStatus {
  const nothing = {
    attempt: null,
    took: null,
    from: null,
    cache: null,
    error: null,
    reason: null,
    because: null,
    cell: null
  };
  if (state === undefined) return { ...step, ...nothing, state: 'pending' };
  const shown = { ...step, ...nothing, state: state.kind };
  switch (state.kind) {
    case 'waiting':
      return { ...shown, because: `waits for ${state.for.join(', ')}` };
    case 'queued':
      return { ...shown, because: state.reason };
    case 'running':
      return { ...shown, attempt: state.attempt, cell: state.cell ?? null };
    case 'succeeded':
      return { ...shown, attempt: state.attempt, took: state.took, from: state.from, cache: state.cache ?? null };
    case 'failed':
      return { ...shown, attempt: state.attempt, took: state.took, error: state.error };
    case 'refused':
      return { ...shown, attempt: state.attempt, took: state.took, reason: state.reason };
    case 'stale':
      return { ...shown, because: `${state.because.names.join(', ')} of ${state.because.from} changed` };
    case 'skipped':
      return { ...shown, because: state.because };
    case 'cancelled':
      return shown;
  }
}

/** Changes whenever what is shown of the run does. */
export function etagOf(row: RunRow): string {
  return `"${row.id}.${row.n}.${row.edits}"`;
}
