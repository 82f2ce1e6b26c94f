import { isFinal, type RunEvent } from './event';
import { paths, type Run } from './folder';
import { closeLostRun } from './lost';
import { supervisorState } from './supervision';
import { LineReader, watchFolder } from './tail';

const LIVENESS = 1000;

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
