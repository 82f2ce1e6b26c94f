import { join } from 'node:path';
import { cellwayRun, engineSeconds, inScratch } from '../measure.mjs';
import { chain, write } from '../notebooks.mjs';

/** The second run of an unchanged notebook of 21 steps: all of it from the cache, as the engine's events time it. */
export function cached(tools) {
  return inScratch(folder => {
    const notebook = write(join(folder, 'chain.ipynb'), chain(20, true));
    const data = join(folder, 'data');
    const first = cellwayRun(tools, notebook, data);
    const second = cellwayRun(tools, notebook, data);
    const ran = second.events
      .filter(event => event.type === 'step' && event.state === 'running')
      .map(event => event.step);
    const ours = engineSeconds(second.events);
    const than = `first run ${engineSeconds(first.events).toFixed(2)} s${ran.length ? `; ran again: ${ran.join(', ')}` : ''}`;
    return [
      {
        name: 'second run, all cached',
        measured: ours,
        than,
        ratio: ours / engineSeconds(first.events),
        target: '≤ 0.5 s',
        reached: ours <= 0.5 && ran.length === 0
      }
    ];
  });
}
