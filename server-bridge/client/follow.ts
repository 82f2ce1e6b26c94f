import type { RunEvent } from '@cellway/core/api/http';
import { isFinal } from '../runs/event';
import { pause } from './connect';
import type { Link } from './link';
import { eventStream } from './stream';

const PAGE = 1000;

/**
 * A run's events from number `after + 1` on, each once and in order, those to come too; ends after the final one. Goes on
 * over a bridge that ends and starts again: numbers say what is missing.
 */
export async function* followRun(link: Link, id: string, after = 0): AsyncGenerator<RunEvent, void, void> {
  let last = after;
  for (;;) {
    const { client, place } = await link.connection();
    const end = new AbortController();
    let open = false;
    try {
      for await (const message of eventStream(client, place, [id], end.signal)) {
        open = true;
        if (message.kind === 'event' && message.event.event.n <= last) continue;
        if (message.kind === 'event' && message.event.event.n === last + 1) {
          last += 1;
          yield message.event.event;
          if (isFinal(message.event.event)) return;
          continue;
        }
        // What came before the stream was open, or while another one broke.
        for await (const event of stored(link, id, last)) {
          last = event.n;
          yield event;
          if (isFinal(event)) return;
        }
      }
    } finally {
      end.abort();
    }
    // One that takes no stream (it has too many) is not asked without end.
    if (!open) await pause(500);
    await link.lost();
  }
}

/** The events that the bridge has now. */
async function* stored(link: Link, id: string, after: number): AsyncGenerator<RunEvent, void, void> {
  for (let last = after; ; ) {
    const { items } = await link.call('runEvents', { params: { run: id }, query: { after: last, limit: PAGE } });
    yield* items;
    if (items.length < PAGE) return;
    last = items.at(-1)!.n;
  }
}
