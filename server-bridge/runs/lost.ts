import { paths, type Run } from './folder';
import { takeLock } from './lock';
import { EventLog } from './log';
import { freeReserve } from './reserve';

/**
 * Ends the log of a run that nobody supervises and nobody can: it counts as failed, the steps' files stay. Nothing
 * happens when it has ended, or when somebody supervises it after all.
 */
export function closeLostRun(run: Run, why: string): void {
  const lock = takeLock(paths.lock(run.folder));
  if (lock === null) return;
  try {
    const log = new EventLog(paths.events(run.folder), undefined, () => freeReserve(run.folder));
    try {
      if (log.view.run.kind === 'created' || log.view.run.kind === 'started') {
        log.append({
          type: 'run',
          state: 'failed',
          took: 0,
          steps: [],
          reason: {
            code: 'supervisor-lost',
            message: `The process that ran ${run.id} is gone, and ${why}.`,
            fix: `See ${paths.supervisorLog(run.folder)}; run again: finished steps come from the cache.`
          }
        });
      }
    } finally {
      log.close();
    }
  } finally {
    lock.release();
  }
}
