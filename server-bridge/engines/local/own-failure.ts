import { storageRefusal } from '../../runs/data-folder';
import { paths, type RunFile } from '../../runs/folder';
import type { Outcome } from './supervisor';

/**
 * How a run ends when Cellway itself cannot go on: `failed` when the place where runs are kept is the cause (no room on the
 * disk), else `refused`, as an error of ours.
 */
export function ownFailure(run: RunFile, folder: string, error: unknown, step?: string): Outcome {
  const storage = storageRefusal(run.data, error);
  const where = step === undefined ? {} : { step };
  if (storage !== null)
    return { state: 'failed', steps: step === undefined ? [] : [step], reason: { ...storage.reason, ...where } };
  const message = error instanceof Error ? error.message : String(error);
  return {
    state: 'refused',
    reason: {
      code: 'internal',
      message: `Cellway failed${step === undefined ? '' : ` at step ${step}`}: ${message}`,
      ...where,
      fix: `See ${paths.supervisorLog(folder)}.`
    }
  };
}
