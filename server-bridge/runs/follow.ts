import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { isFinal, type RunEvent } from './event';
import { paths, type Run } from './folder';
import { EventLog } from './log';
import { supervisorState } from './supervision';
import { LineReader, watchFolder } from './tail';
import { errno } from './errno';

const LIVENESS = 1000;

/**
 * Ends a log whose supervisor is gone, once, whoever notices first. The steps' files stay; the run counts as failed.
 */
function closeLostRun(run: Run): void {
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

/**
 * A run's events from number `after + 1` on, those to come too; ends after the final one. A run whose supervisor died
 * gets `failed` (`supervisor-lost`) as its final event. Waits on the file system's notices, not on a clock.
 */
export async function* followEvents(run: Run, after = 0): AsyncGenerator<RunEvent, void, void> {
  const reader = new LineReader(paths.events(run.folder));
  let wake: () => void = () => undefined;
  let noticed = false;
  const notice = () => {
    noticed = true;
    wake();
  };
  const unwatch = watchFolder(run.folder, notice);
  // A death leaves no notice in the folder; this clock is off the path of events.
  const clock = setInterval(() => {
    if (supervisorState(run.folder) === 'dead') closeLostRun(run);
    notice();
  }, LIVENESS);
  try {
    for (;;) {
      noticed = false;
      for (const line of reader.read()) {
        const event = JSON.parse(line) as RunEvent;
        if (event.n > after) yield event;
        if (isFinal(event)) return;
      }
      if (!noticed) await new Promise<void>(resolve => (wake = resolve));
    }
  } finally {
    clearInterval(clock);
    unwatch();
    reader.close();
  }
}
