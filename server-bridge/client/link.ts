import type { OperationName, Operations, OutputOf } from '@cellway/core/api/http';
import type { Given } from '@cellway/core/api/client';
import type { Refusal } from '../runs/refusal';
import { type Connection, connect, type Ours, pause, running } from './connect';
import { isLost } from './transport';

/** The bridge of a data folder could not be had again. */
export class NoBridge extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.reason.message);
  }
}

/** How long a bridge that went away is waited for before one is started: another version may be taking over. */
const TAKEOVER = 400;

/** The bridge of a data folder, whichever process that is at the moment. */
export class Link {
  #connection: Promise<Connection | Refusal> | null = null;

  constructor(
    readonly data: string,
    private readonly ours: Ours
  ) {}

  /** Looks for the bridge, or starts it, while the caller does something else; waits for neither. */
  async begin(): Promise<void> {
    this.#connection ??= connect(this.data, this.ours);
    // Whoever asks for the connection gets the error.
    this.#connection.catch(() => undefined);
    // A turn of the loop, so that the bridge's process is there before the caller keeps this one busy.
    await new Promise(resolve => setImmediate(resolve));
  }

  /** Finds the bridge, or starts it. Throws `NoBridge`. */
  async connection(): Promise<Connection> {
    this.#connection ??= connect(this.data, this.ours);
    const found = await this.#connection;
    if (found.kind === 'connection') return found;
    this.#connection = null;
    throw new NoBridge(found);
  }

  /** Forgets a bridge that no longer answers; the next question goes to another one. */
  async lost(): Promise<void> {
    this.#connection = null;
    const until = Date.now() + TAKEOVER;
    while (Date.now() < until) {
      const found = await running(this.data);
      if (found !== null) {
        this.#connection = Promise.resolve(found);
        return;
      }
      await pause(25);
    }
  }

  /**
   * Asks the bridge; once more when it went away meanwhile. So only what may be asked twice goes through here: questions,
   * and what carries an `Idempotency-Key` or means the same when repeated.
   */
  async call<N extends OperationName>(name: N, given: Given<Operations[N]>): Promise<OutputOf<Operations[N]>> {
    const { client } = await this.connection();
    try {
      return await client.call(name, given);
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    await this.lost();
    const again = await this.connection();
    return again.client.call(name, given);
  }
}
