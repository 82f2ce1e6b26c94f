/**
 * Runs on this machine, for those who start, follow and stop them:
 *   const run = await createRun({pipeline, notebook, …});   // Run | Refusal
 *   startSupervisor(run);
 *   for await (const event of followEvents(run)) …          // ends after the run's final event
 *   await cancelRun(run);
 */
export { createRun } from './create';
export type { RunRequest } from './draft';
export {
  type CacheAnswer,
  type ArtifactRef,
  type RunEvent,
  type RunEventBody,
  type RuntimeEvent,
  type StepError,
  isFinal
} from './event';
export { type CellSource, type Run, type RunFile, type RunOptions, paths, readRunFile } from './folder';
export { followEvents } from './follow';
export { gitState } from './git';
export { findRun, listRuns } from './lookup';
export { optionsFrom } from './options';
export { takenFrom } from './resume';
export { runRow } from './row';
export type { Reason, Refusal } from './refusal';
export { type RunState, type RunView, type StepState, applyEvent, emptyView } from './state';
export { cancelRun, startSupervisor, supervisorState } from './supervision';
