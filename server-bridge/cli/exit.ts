/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, refused: 3, cancelled: 130 } as const;

/** What a run's final state means for the command that waited for it. */
export function exitOf(state: string): number {
  const codes: Readonly<Record<string, number>> = {
    succeeded: EXIT.ok,
    refused: EXIT.refused,
    cancelled: EXIT.cancelled
  };
  return codes[state] ?? EXIT.failed;
}

/** Ends a command with a message for the user; no bug, so no stack is shown. */
export class Stop extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly fix?: string
  ) {
    super(message);
  }
}

/** The exit code of a command; of one that stops, with its reason told. */
export async function stopped(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    process.stderr.write(`cellway: ${error.message}\n${error.fix === undefined ? '' : `  → ${error.fix}\n`}`);
    return error.code;
  }
}
