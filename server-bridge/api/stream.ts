import type { ServerResponse } from 'node:http';
import type { Feed } from '../service/feed';
import type { FeedText, Owner } from '../store';
import { ApiProblem } from './problem';

const BATCH = 64;
/** Characters that are handed to the socket at once. */
const CHUNK = 65_536;
const HEARTBEAT = 15_000;
/** A client that takes nothing for so long is gone, or as good as. */
const UNREAD = 60_000;
const MORE = 'Close some, or set limits.streams higher.';

export interface StreamSettings {
  readonly owner: Owner;
  /** Place in the feed to go on from; `lost`: it is of another store. */
  readonly from: number | 'lost';
  readonly wanted: (event: FeedText) => boolean;
}

/** Server-sent events. Each stream pulls from the feed at its client's pace, so a slow one costs no memory. */
export class Streams {
  readonly #ends = new Set<AbortController>();

  /** `most`: open at once. */
  constructor(
    private readonly feed: Feed,
    private readonly most: number
  ) {}

  get open(): number {
    return this.#ends.size;
  }

  close(): void {
    for (const end of this.#ends) end.abort();
  }

  /** Refuses one more stream where there are enough: to be asked before the answer begins. */
  admit(): void {
    if (this.#ends.size >= this.most)
      throw new ApiProblem(
        429,
        'too-many-streams',
        `${this.most} streams are open.`,
        { fix: MORE },
        { 'retry-after': '10' }
      );
  }

  /** Serves a stream until its client leaves or the bridge ends. */
  async run(response: ServerResponse, { owner, from, wanted }: StreamSettings): Promise<void> {
    const end = new AbortController();
    this.#ends.add(end);
    const stop = () => end.abort();
    response.on('close', stop);
    response.on('error', stop);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no'
    });
    let place = from === 'lost' ? this.feed.last : from;
    // With the position: who comes again need not be led over all that was not for this stream.
    const heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(`: \nid: ${this.feed.position(place)}\n\n`);
    }, HEARTBEAT);
    try {
      response.write(
        `retry: 1000\nid: ${this.feed.position(place)}\n${from === 'lost' ? 'event: reset\ndata: {}\n' : ''}\n`
      );
      while (!end.signal.aborted) {
        const found = this.feed.after(owner, place, BATCH);
        place = found.place;
        let text = '';
        for (const event of found.events) {
          if (wanted(event)) text += this.#message(event);
          if (text.length > CHUNK || event === found.events.at(-1)) {
            if (text !== '' && !response.write(text)) await drained(response, end.signal);
            text = '';
          }
        }
        if (found.events.length < BATCH) await this.feed.wait(place, end.signal);
        // A stream that is far behind must not keep the bridge from all else.
        else await new Promise(resolve => setImmediate(resolve));
      }
    } finally {
      clearInterval(heartbeat);
      this.#ends.delete(end);
      response.off('close', stop);
      response.end();
    }
  }

  #message({ seq, run, text }: FeedText): string {
    return `id: ${this.feed.position(seq)}\nevent: run-event\ndata: {"run":${JSON.stringify(run)},"event":${text}}\n\n`;
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => response.destroy(), UNREAD);
    const done = () => {
      clearTimeout(timer);
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.on('drain', done);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
