import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Values of a file's lines of JSON that contain a text; a last line that is not whole yet is left out. */
export async function* linesWith(
  path: string,
  ...texts: readonly string[]
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  if (!existsSync(path)) return;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    // Most lines are of no interest, and parsing costs.
    if (!texts.some(text => line.includes(text)) || !line.endsWith('}')) continue;
    try {
      yield JSON.parse(line) as Readonly<Record<string, unknown>>;
    } catch (error) {
      // Cut in the middle of a write, by chance behind a brace.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
}
