/** How a process ended: exactly one of code and signal. `maxrss`: most memory that it had at once, in bytes, where known. */
export type Exit = { readonly maxrss?: number } & (
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: string }
);

/** An attempt under way. Its process leads a group of its own. */
export interface Launched {
  readonly exit: Promise<Exit>;
  /** To the whole group; nothing happens when it has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Null until the process exists. */
  pid(): number | null;
}

export interface Launcher {
  readonly how: 'fork' | 'spawn';
  /** `env`: what differs from the run's environment. */
  launch(folder: string, cwd: string, env: Readonly<Record<string, string>>): Launched;
}
