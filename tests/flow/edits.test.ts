import { Analysis, canonical, DEFAULT_CONTEXT, type Derivation, derive } from '../../core/pipeline';
import { type Draft, edited, notebookOf, randomFrom, startingPoints } from './edits';

const seed = Number(process.env.FLOW_SEED ?? 20261125);
/** Edits of each notebook. */
const edits = Number(process.env.FLOW_EDITS ?? 12);
/** Every how many of the notebooks are taken; 1 takes minutes. */
const every = Number(process.env.FLOW_EVERY ?? 25);

function derived(cells: readonly Draft[], eachCell: boolean, analysis = new Analysis()): Derivation {
  return derive(notebookOf(cells), { name: 'edited', eachCell, context: DEFAULT_CONTEXT, analysis });
}

const points = startingPoints(seed, Number(process.env.FLOW_RUNS ?? 60)).filter((_, n) => n % every === seed % every);

test.each([
  ['each cell a step', true],
  ['as tagged or proposed', false]
])('after any edits the pipeline is that of a derivation from nothing: %s', (_, eachCell) => {
  for (const [n, start] of points.entries()) {
    const random = randomFrom(seed + n);
    const kept = new Analysis();
    const past: (readonly Draft[])[] = [start];
    derived(start, eachCell, kept);
    for (let k = 0; k < edits; k++) {
      const now = edited(past.at(-1)!, random, past);
      past.push(now);
      const found = canonical(derived(now, eachCell, kept));
      const right = canonical(derived(now, eachCell));
      if (found !== right)
        throw new Error(
          `Notebook ${n}, edit ${k + 1}, seed ${seed}.\nBefore: ${JSON.stringify(past.at(-2), null, 1)}\nNow: ${JSON.stringify(now, null, 1)}\n` +
            `Kept:  ${found}\nRight: ${right}`
        );
    }
  }
});
