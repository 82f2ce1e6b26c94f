/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, refused: 3, cancelled: 130 } as const;

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
