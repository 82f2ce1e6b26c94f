import { Adoption } from './adoption';
import { isFinal, type RunEvent } from './event';
import { paths, type Run } from './folder';
import { eventsOf } from './log';
import { LineReader, watchFolder } from './tail';

const LIVENESS = 1000;

/**
 * A run's events from number `after + 1` on, those to come too; ends after the final one. A run whose supervisor died
 * gets another one, which `supervise` starts. Waits on the file system's notices, not on a clock.
 */
export async function* followEvents(
  run: Run,
  after = 0,
  supervise?: readonly string[]
): AsyncGenerator<RunEvent, void, void> {
  const adoption = new Adoption(run, supervise);
  let last = 0;
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
    adoption.check(last);
    notice();
  }, LIVENESS);
  try {
    for (;;) {
      noticed = false;
      for (const event of eventsOf(reader.read())) {
        last = event.n;
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
