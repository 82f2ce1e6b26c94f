import { join } from 'node:path';
import { cellwayRun, inScratch, median, timed } from '../measure.mjs';
import { three, write } from '../notebooks.mjs';
import { peers } from '../peers.mjs';

/** A whole `cellway run` of three steps, cold and without the cache, against papermill on the same notebook. */
export async function whole(tools) {
  const venv = await peers(tools);
  return inScratch(folder => {
    const notebook = write(join(folder, 'three.ipynb'), three);
    const papermill = () =>
      timed(join(venv, 'bin', 'papermill'), ['--no-progress-bar', notebook, join(folder, 'out.ipynb')], { cwd: folder })
        .seconds;
    const cellway = round => cellwayRun(tools, notebook, join(folder, `data-${round}`), '--no-cache').seconds;
    const pairs = [0, 1, 2, 3, 4].map(round => ({ ours: cellway(round), theirs: papermill() })).slice(1); // first: files into memory
    const [ours, theirs] = [median(pairs.map(pair => pair.ours)), median(pairs.map(pair => pair.theirs))];
    return [
      {
        name: 'whole run of 3 steps, cold',
        measured: ours,
        than: `papermill ${theirs.toFixed(2)} s`,
        ratio: ours / theirs,
        target: '< 1 ×',
        reached: ours < theirs
      }
    ];
  });
}
