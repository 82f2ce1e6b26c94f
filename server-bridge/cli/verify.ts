import { EXIT, Stop } from './exit';

/** `cellway verify`. */
export async function verify(_args: readonly string[]): Promise<number> {
  throw new Stop(EXIT.refused, 'This build cannot verify yet.', 'Run the notebook with cellway run.');
}
