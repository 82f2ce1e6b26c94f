import type { Settings } from '../settings';
import type { RunOptions } from './folder';

/** What settings say about a run that does not say so itself. */
export function optionsFrom({ steps, cache }: Settings): RunOptions {
  return {
    cache: cache.enabled,
    ...(steps.parallel === null ? {} : { parallel: steps.parallel }),
    ...(steps.memory === null ? {} : { memory: steps.memory }),
    ...(steps.start === 'spawn' ? { start: 'spawn' as const } : {})
  };
}
