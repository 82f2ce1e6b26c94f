import { createInterface } from 'node:readline/promises';
import { EXIT, Stop } from './exit';

/** Asks before something is removed, unless the user has said so already; ends the command where the answer is no. */
export async function agreed(sure: boolean, question: string): Promise<void> {
  if (sure) return;
  if (process.stdin.isTTY !== true) throw new Stop(EXIT.badInput, question, 'Say so: --yes.');
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await asked.question(`${question} [y/N] `);
  asked.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Stop(EXIT.cancelled, 'Nothing was removed.');
}
