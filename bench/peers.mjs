// papermill and kfp, in a virtual environment of their own in the cache folder: no one needs them but the benchmarks.
import { setUpTools } from '../scripts/setup/python.mjs';

/** The environment's folder. */
export const peers = tools => setUpTools(tools.root, 'bench', tools.say);
