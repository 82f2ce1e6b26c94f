import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from './errno';
import { paths, type Run } from './folder';
import { EventLog } from './log';

/**
 * Ends a log whose supervisor is gone, once, whoever notices first. The steps' files stay; the run counts as failed.
 */
export function closeLostRun(run: Run): void {
  try {
    closeSync(openSync(join(run.folder, 'lost'), 'wx'));
  } catch (error) {
    if (errno(error) === 'EEXIST') return;
    throw error;
  }
  const log = new EventLog(paths.events(run.folder));
  try {
    if (log.view.run.kind === 'created' || log.view.run.kind === 'started') {
      log.append({
        type: 'run',
        state: 'failed',
        took: 0,
        steps: [],
        reason: {
          code: 'supervisor-lost',
          message: `The process that ran ${run.id} is gone.`,
          fix: `See ${paths.supervisorLog(run.folder)}; run again: finished steps come from the cache.`
        }
      });
    }
  } finally {
    log.close();
  }
}
