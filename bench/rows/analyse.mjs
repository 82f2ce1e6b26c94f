import { join } from 'node:path';
import { inScratch, timed } from '../measure.mjs';
import { large, notebook } from '../notebooks.mjs';

/** Analysis of 500 cells in 100 steps, inside a process that is already running. */
export async function analyse(tools) {
  const { build } = await import('esbuild'); // here, not above: it is there only once set-up has run
  return inScratch(async folder => {
    const outfile = join(folder, 'analyse.mjs');
    const entryPoints = [join(tools.root, 'bench', 'analyse.ts')];
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
    const { first, nothing, edit } = JSON.parse(
      timed(tools.node, [outfile], { input: JSON.stringify(notebook(large())), stdio: 'pipe' }).stdout
    );
    return [
      { name: 'analyse 500 cells from nothing', measured: nothing, target: '≤ 50 ms', reached: nothing <= 0.05 },
      {
        name: 'analyse after one edit',
        measured: edit,
        than: 'from nothing',
        ratio: edit / nothing,
        target: '≤ 5 ms',
        reached: edit <= 0.005
      },
      { name: 'analyse, the first in a process', measured: first, than: 'from nothing', ratio: first / nothing }
    ];
  });
}
