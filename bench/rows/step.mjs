import { delimiter, join } from 'node:path';
import { cellwayRun, endOf, inScratch, timed, typical } from '../measure.mjs';
import { chain, write } from '../notebooks.mjs';
import { peers } from '../peers.mjs';

const LENGTH = 20;
const PEER_LENGTH = 5; // their steps take half a second and more: five are enough

/** What a trivial step of a chain costs once the engine is warm: plain, and with the usual libraries in each. */
export async function step(tools) {
  const python = typical(15, tools.python, ['-c', 'pass']);
  const venv = await peers(tools);
  return inScratch(folder => [false, true].flatMap(libraries => rows(tools, venv, folder, libraries, python)));
}

function rows(tools, venv, folder, libraries, python) {
  const name = libraries ? 'a step with numpy, pandas, scikit-learn' : 'a trivial step';
  const notebook = write(join(folder, `chain-${libraries}.ipynb`), chain(LENGTH, libraries));
  const { events } = cellwayRun(tools, notebook, join(folder, `data-${libraries}`), '--no-cache');
  const ours = (endOf(events, `s${LENGTH}`) - endOf(events, 's0')) / LENGTH;
  const bin = join(venv, 'bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }; // kfp starts `python3`
  const peer = which => {
    const args = [join(tools.root, 'bench', 'peers.py'), which, String(PEER_LENGTH), libraries ? 'libraries' : 'plain'];
    return JSON.parse(timed(join(bin, 'python'), args, { cwd: folder, env }).stdout.trim().split('\n').at(-1)).seconds;
  };
  const [kfp, bare, papermill] = [peer('kfp'), peer('kfp-bare'), peer('papermill')];
  const row = (than, other, target, reached) => ({ name, measured: ours, than, ratio: ours / other, target, reached });
  return [
    row(`python -c pass ${ms(python)}`, python, '≤ 30 ms, ≤ 2 ×', ours <= 0.03 && ours <= 2 * python),
    row(`kfp.local ${ms(kfp)} a step`, kfp, '≤ 0.05 ×', ours * 20 <= kfp),
    row(`kfp.local ${ms(bare)} without its pip check`, bare),
    row(`papermill ${ms(papermill)} a step`, papermill, '≤ 0.05 ×', ours * 20 <= papermill)
  ];
}

const ms = seconds => `${(seconds * 1000).toFixed(0)} ms`;
