import type { Collected } from '@cellway/core/api';
import type { Store } from '../../store';
import type { Host } from '../host';
import type { Policy } from './choice';
import { collect } from './collection';

/** Milliseconds from the start of a bridge to its first collection: nobody waits for it. */
const FIRST = 60_000;
/** Milliseconds between collections, also of several bridges after each other. */
const EVERY = 3_600_000;

/** Collects now and then, one collection at a time. */
export class Collector {
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(
    private readonly data: string,
    private readonly store: Store,
    readonly policy: Policy,
    private readonly warn: Host['warn']
  ) {}

  /** Begins to collect by itself. */
  start(): void {
    this.#wake(FIRST);
  }

  /** Collects once what runs now is done. `change`: what differs from the policy, this time. */
  collect(change: Partial<Policy> = {}): Promise<Collected> {
    const collecting = this.#last.then(() => {
      const now = Date.now();
      this.store.remember('cache', 'collected', String(now));
      return collect(this.data, this.store, { ...this.policy, ...change }, now / 1000);
    });
    this.#last = collecting.catch(() => undefined);
    return collecting;
  }

  /** Collects no more; resolves when the store is not used any more. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#last;
  }

  #wake(after: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#due().then(() => this.#wake(EVERY)), after);
    this.#timer.unref();
  }

  async #due(): Promise<void> {
    try {
      const ago = Date.now() - Number(this.store.recall('cache', 'collected') ?? 0);
      // A clock that was set back does not keep it from collecting.
      if (ago < 0 || ago >= EVERY - FIRST) await this.collect();
    } catch (error) {
      this.warn('cached results cannot be collected', {
        error: error instanceof Error ? error.message : String(error)
      });
    }
  }
}
