import { join } from 'node:path';
import { inScratch, median, timed } from '../measure.mjs';

/** A large value from step to step: the writer against writing its bytes to one file, the reader until it has it. */
export async function handover(tools) {
  return [...(await value(tools, 'array', '1 GB array')), ...(await value(tools, 'frame', '500 MB frame'))];
}

function value(tools, kind, name) {
  return inScratch(folder => {
    const python = (...args) =>
      JSON.parse(timed(tools.python, [join(tools.root, 'bench', 'handover.py'), ...args]).stdout);
    const { write, plain } = python('write', kind, folder);
    const read = median([1, 2, 3, 4, 5].map(() => python('read', folder).read));
    return [
      {
        name: `${name}: writer`,
        measured: write,
        than: `plain write ${plain.toFixed(2)} s`,
        ratio: write / plain,
        target: '≤ 1.5 ×',
        reached: write <= 1.5 * plain
      },
      { name: `${name}: reader has it`, measured: read, target: '≤ 10 ms', reached: read <= 0.01 }
    ];
  });
}
