import { basename, dirname } from 'node:path';
import { type Earlier, paths, readRunFile, type Run } from './folder';
import { readEvents, viewOf } from './log';
import { planOf } from './plan';
import { type Refusal, refused } from './refusal';

/** The execution that an attempt folder (`runs/<run>/steps/<id>/attempt-<n>`) holds the result of. */
export function executionOf(folder: string): string {
  const id = dirname(folder);
  return `${basename(dirname(dirname(id)))}/${basename(id)}/${basename(folder).replace(/^attempt-/, '')}`;
}

/**
 * What a resumed run takes from the run before: results of its steps that succeeded; with `step`, only of those before
 * it in the notebook. Setup runs again: settings cannot be taken from a run.
 */
export function takenFrom(before: Run, step?: string): ReadonlyMap<string, Earlier> | Refusal {
  const plan = planOf(readRunFile(before.folder).pipeline);
  const start = step === undefined ? undefined : plan.order.get(step);
  if (step !== undefined && start === undefined)
    return refused({
      code: 'step-unknown',
      message: `Run ${before.id} has no step '${step}'. Steps: ${plan.nodes.map(node => node.name).join(', ')}.`,
      name: step
    });
  const { steps } = viewOf(readEvents(paths.events(before.folder)));
  const taken = new Map<string, Earlier>();
  for (const node of plan.nodes) {
    const state = steps.get(node.name);
    if (start !== undefined && plan.order.get(node.name)! >= start) continue;
    if (state?.kind === 'succeeded') {
      if (node.kind === 'step')
        taken.set(node.name, { execution: executionOf(state.folder), folder: state.folder, from: 'earlier-run' });
    } else if (start !== undefined && node.kind === 'step') {
      return refused({
        code: 'upstream-missing',
        message: `Step '${node.name}', which comes before '${step}', has not succeeded in run ${before.id}.`,
        step: node.name,
        fix: `Resume from '${node.name}', or without a step.`
      });
    }
  }
  return taken;
}
