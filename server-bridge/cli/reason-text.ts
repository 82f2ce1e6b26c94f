import type { Reason } from '../runs';

/** What happened, without what to do: some messages of the step runtime end with that already. */
export function messageOf({ message, fix }: Reason): string {
  return fix !== undefined && message.endsWith(fix) ? message.slice(0, -fix.length).trimEnd() : message;
}
