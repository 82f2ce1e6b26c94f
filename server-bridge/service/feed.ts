import type { FeedEvent, FeedText, Owner, Store } from '../store';

/** Bytes (about) of events that are kept at hand: a stream that is not further behind is served without the store. */
const RECENT = 8_000_000;
/** Events that are read back at most; streams that miss more ask the store themselves. */
const READ_BACK = 4096;

/**
 * Events of all runs in the order in which this bridge learned of them, as the text that streams send: written once,
 * however many streams there are. Readers pull; nothing is queued for any.
 */
export class Feed {
  readonly epoch: string;
  #recent: FeedText[] = [];
  #size = 0;
  #last: number;
  #from: number;
  readonly #sleepers = new Set<() => void>();

  constructor(private readonly store: Store) {
    const { epoch, seq } = store.position();
    this.epoch = epoch;
    this.#last = seq;
    this.#from = seq;
  }

  get last(): number {
    return this.#last;
  }

  /** Position for `Last-Event-ID`: `epoch.seq`. */
  position(seq: number = this.#last): string {
    return `${this.epoch}.${seq}`;
  }

  /** Place of a position; `lost` when it is of another store, null when it is none. */
  placeOf(position: string): number | 'lost' | null {
    const found = /^([0-9a-f]{12})\.(\d{1,15})$/.exec(position);
    if (found === null) return null;
    const seq = Number(found[2]);
    return found[1] !== this.epoch || seq > this.#last ? 'lost' : seq;
  }

  /**
   * Tells what was just taken in. A run's supervisor puts its events into the store too: what it was first with is in no
   * `events`, and is read back.
   */
  publish(owner: Owner, events: readonly FeedEvent[]): void {
    const { seq } = this.store.position();
    if (seq === this.#last) return;
    if (events.length === seq - this.#last && events[0]!.seq === this.#last + 1)
      this.#keep(
        events.map(({ seq, run, event }) => ({ seq, run, type: event.type, owner, text: JSON.stringify(event) }))
      );
    else if (seq - this.#last <= READ_BACK) this.#keep(this.store.lists.feed(null, this.#last, READ_BACK));
    else this.#drop(this.#recent.length);
    this.#last = Math.max(seq, this.#recent.at(-1)?.seq ?? 0);
    if (this.#recent.length === 0) this.#from = this.#last;
    const sleepers = [...this.#sleepers];
    this.#sleepers.clear();
    for (const wake of sleepers) wake();
  }

  #keep(events: readonly FeedText[]): void {
    for (const event of events) {
      this.#recent.push(event);
      this.#size += event.text.length;
    }
    if (this.#size <= 2 * RECENT) return;
    let many = 0;
    for (let size = this.#size; size > RECENT; many++) size -= this.#recent[many]!.text.length;
    this.#drop(many);
  }

  #drop(many: number): void {
    for (const { seq, text } of this.#recent.splice(0, many)) {
      this.#from = seq;
      this.#size -= text.length;
    }
  }

  /** Up to `limit` events of an owner after a place, and the place that has then been looked at. */
  after(owner: Owner, place: number, limit: number): { readonly events: readonly FeedText[]; readonly place: number } {
    if (place < this.#from) {
      const events = this.store.lists.feed(owner, place, limit);
      const seen = events.at(-1)?.seq ?? 0;
      // Another process may have put in more than was told here.
      return { events, place: events.length === limit ? seen : Math.max(seen, this.#last) };
    }
    const events: FeedText[] = [];
    for (let at = this.#indexAfter(place); at < this.#recent.length; at++) {
      const event = this.#recent[at]!;
      if (event.owner.principal !== owner.principal || event.owner.profile !== owner.profile) continue;
      if (events.length === limit) return { events, place: events[events.length - 1]!.seq };
      events.push(event);
    }
    return { events, place: Math.max(place, this.#last) };
  }

  /** Resolves when something comes after the place, or the signal is given. */
  wait(place: number, signal: AbortSignal): Promise<void> {
    if (place < this.#last || signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const done = () => {
        this.#sleepers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#sleepers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** First index whose event comes after the place; the list is sorted. */
  #indexAfter(place: number): number {
    let low = 0;
    let high = this.#recent.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#recent[middle]!.seq <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
