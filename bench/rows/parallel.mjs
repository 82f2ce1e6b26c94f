import { join } from 'node:path';
import { cellwayRun, engineSeconds, inScratch, timed } from '../measure.mjs';
import { branches, write } from '../notebooks.mjs';

/** Two independent branches of two seconds each, against the same work with an edge between them. */
export function parallel(tools) {
  return inScratch(folder => {
    const work = roundsFor(tools, 2);
    const run = joined => {
      const notebook = write(join(folder, `${joined}.ipynb`), branches(work, joined));
      return engineSeconds(cellwayRun(tools, notebook, join(folder, 'data'), '--no-cache').events);
    };
    const [sequence, side] = [run(true), run(false)];
    return [
      {
        name: 'two 2-second branches',
        measured: side,
        than: `in sequence ${sequence.toFixed(2)} s`,
        ratio: side / sequence,
        target: '≤ 0.56 × (1.8 × faster)',
        reached: sequence >= 1.8 * side
      }
    ];
  });
}

/** How many rounds of the branches' loop take that many seconds on this machine. */
function roundsFor(tools, seconds) {
  const probe = 5_000_000;
  const code = `import time\nt = time.perf_counter()\nleft = 0\nfor i in range(${probe}):\n    left += i % 7\nprint(time.perf_counter() - t)`;
  return Math.round((probe * seconds) / Number(timed(tools.python, ['-c', code]).stdout));
}
