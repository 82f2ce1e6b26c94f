import { supervise } from '../engines/local';
import { EXIT, Stop } from './exit';

/** `cellway supervise RUN_FOLDER`: what a run starts as its own process. Not for people. */
export async function superviseRun(args: readonly string[]): Promise<number> {
  const [folder] = args;
  if (folder === undefined) {
    throw new Stop(EXIT.badInput, "'supervise' takes the folder of a run.");
  }
  await supervise(folder);
  return EXIT.ok;
}
