import type { Json } from '@cellway/core/api';
import { blocking, givenValues } from '@cellway/core/pipeline';
import type { Arguments } from './arguments';
import { diagnosticLine } from './diagnostic-line';
import { EXIT, Stop } from './exit';
import type { Opened } from './open';

const REFUSED: ReadonlySet<string> = new Set([
  'module-state',
  'output-history',
  'cached-function',
  'setup-reads-step',
  'cannot-travel'
]);

/** Errors of the notebook itself end the command before anything is written. */
export function refuseErrors(opened: Opened): void {
  const wrong = blocking(opened.derivation.pipeline.diagnostics);
  if (wrong.length > 0) {
    // What is well said but cannot be the same in processes of their own is refused; the rest is wrong in itself.
    const code = wrong.every(diagnostic => REFUSED.has(diagnostic.code)) ? EXIT.refused : EXIT.badInput;
    throw new Stop(code, wrong.map(diagnostic => diagnosticLine(opened.path, diagnostic)).join('\n'));
  }
}

export function parameterValues(given: Arguments, opened: Opened): Readonly<Record<string, Json>> {
  const { values, problems } = givenValues(given.pairs, opened.derivation.pipeline.parameters);
  if (problems.length > 0) {
    throw new Stop(
      EXIT.badInput,
      problems.map(({ message, fix }) => `${message}${fix === undefined ? '' : ` ${fix}`}`).join('\n')
    );
  }
  return values;
}
