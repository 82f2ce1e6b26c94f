import { check as checked } from './check';
import { stopped } from './exit';
import { graph as drawn } from './graph';

// The commands that analyse a notebook and do nothing else. They are one file of the build, as a start waits half a
// millisecond for each. It has its own `Stop`, which nobody else would know.
export const check = (args: readonly string[]): Promise<number> => stopped(() => checked(args));
export const graph = (args: readonly string[]): Promise<number> => stopped(() => drawn(args));
