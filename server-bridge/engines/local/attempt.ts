import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '@cellway/core/api';
import type { RuntimeEvent } from '../../runs/event';
import { LineReader, watchFile } from '../../runs/tail';
import { kernelKills } from './out-of-memory';
import type { Exit, Launched, Launcher } from './process/launcher';
import { readReport, type Report } from './report';

/** How long each signal has to work before the next, stronger one. */
const GRACE = 3000;
/** A forked child that does not even start its step by then hangs in a lock that it inherited. */
const PATIENCE = 10_000;

/** Milliseconds between two looks at what an attempt tells; what it told until its end is read at its end. */
const REST = 15;

export type Interruption = 'cancel' | 'timeout' | 'stuck';

export interface AttemptEnd {
  readonly exit: Exit;
  readonly report: Report | null;
  readonly interrupted: Interruption | null;
  /** Whether the runtime had begun: before that nothing of the user's has run. */
  readonly started: boolean;
  /** Seconds. */
  readonly took: number;
  /** Processes that the kernel had killed for want of memory when it began; null where that is not told. */
  readonly kernelKills: number | null;
}

interface Watching {
  readonly folder: string;
  /** Seconds; absent: none. */
  readonly timeout?: number;
  readonly onEvents: (events: readonly RuntimeEvent[]) => void;
}

export interface AttemptSettings extends Watching {
  readonly workdir: string;
  readonly step: Json;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds that a forked child has to begin. */
  readonly patience?: number;
}

/** Makes an attempt's folder and starts its process. */
export function startAttempt(launcher: Launcher, settings: AttemptSettings): Attempt {
  const { folder, step, workdir, env, patience = PATIENCE } = settings;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'step.json'), JSON.stringify(step));
  const launch = () => launcher.launch(folder, workdir, env);
  return new Attempt(launch, settings, launcher.how === 'fork' ? { patience } : {});
}

/** Goes on with an attempt that another supervisor started. `seen`: number of the last event that is known already. */
export function attachAttempt(
  launched: Launched,
  settings: Watching & { readonly seen: number; readonly age: number }
): Attempt {
  return new Attempt(() => launched, settings, settings);
}

/** One try at a step: its process, to the last event. */
export class Attempt {
  readonly end: Promise<AttemptEnd>;
  readonly #launched: Launched;
  readonly #timers = new Set<NodeJS.Timeout>();
  #interrupted: Interruption | null = null;

  /** `age`: seconds for which it has run already. */
  constructor(
    launch: () => Launched,
    { folder, timeout, onEvents }: Watching,
    { patience, seen = 0, age = 0 }: { readonly patience?: number; readonly seen?: number; readonly age?: number }
  ) {
    const since = performance.now() - age * 1000;
    const path = join(folder, 'events.jsonl');
    const reader = new LineReader(path);
    let started = false;
    const kills = kernelKills();
    const read = () => {
      const events = reader.read().map(line => JSON.parse(line) as RuntimeEvent);
      started ||= events.length > 0;
      const fresh = events.filter(event => event.n > seen);
      if (fresh.length > 0) onEvents(fresh);
    };
    // Before the process exists: nothing that it writes is missed.
    const unwatch = watchFile(path, read, REST);
    this.#launched = launch();
    if (timeout !== undefined) this.#later(Math.max(0, timeout - age) * 1000, () => this.interrupt('timeout'));
    if (patience !== undefined)
      this.#later(patience, () => {
        // The notice of its first event may wait behind this.
        read();
        if (!started) this.interrupt('stuck');
      });
    this.end = this.#launched.exit.then(exit => {
      for (const timer of this.#timers) clearTimeout(timer);
      unwatch();
      read();
      reader.close();
      return {
        exit,
        report: readReport(folder),
        interrupted: this.#interrupted,
        started,
        kernelKills: kills,
        took: (performance.now() - since) / 1000
      };
    });
  }

  /** Ends it: politely first (the runtime notes what it can), at last by force. */
  interrupt(why: Interruption): void {
    if (this.#interrupted !== null) return;
    this.#interrupted = why;
    if (why === 'stuck') {
      this.#launched.kill('SIGKILL');
      return;
    }
    this.#launched.kill('SIGINT');
    this.#later(GRACE, () => this.#launched.kill('SIGTERM'));
    this.#later(2 * GRACE, () => this.#launched.kill('SIGKILL'));
  }

  #later(after: number, action: () => void): void {
    this.#timers.add(setTimeout(action, after));
  }
}
