import { join } from 'node:path';
import { inScratch, typical } from '../measure.mjs';
import { large, write } from '../notebooks.mjs';

/** `cellway graph` as a whole command, against the same Node that starts and does nothing. */
export function graph(tools) {
  return inScratch(folder => {
    const notebook = write(join(folder, 'large.ipynb'), large());
    const ours = typical(9, tools.cellway, ['graph', notebook, '--json']);
    const node = typical(9, tools.node, ['-e', '0']);
    return [
      {
        name: 'cellway graph, 500 cells',
        measured: ours,
        than: `node -e 0 ${ms(node)}`,
        ratio: ours / node,
        target: '≤ 10 ×',
        reached: ours <= 10 * node
      }
    ];
  });
}

const ms = seconds => `${(seconds * 1000).toFixed(1)} ms`;
