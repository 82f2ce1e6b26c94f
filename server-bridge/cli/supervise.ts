import { supervise } from '../engines/local';
import { isFull } from '../runs/reserve';
import { EXIT, Stop } from './exit';

/** `cellway supervise RUN_FOLDER`: what a run starts as its own process. Not for people. */
export async function superviseRun(args: readonly string[]): Promise<number> {
  const [folder] = args;
  if (folder === undefined) {
    throw new Stop(EXIT.badInput, "'supervise' takes the folder of a run.");
  }
  // What it cannot complain of, because the disk that its log is on is full, must not end it: it has to say so in the run.
  process.stderr.on('error', error => {
    if (!isFull(error)) throw error;
  });
  await supervise(folder);
  return EXIT.ok;
}
