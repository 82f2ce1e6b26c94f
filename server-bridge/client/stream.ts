import type { Client } from '@cellway/core/api/client';
import type { StreamEvent } from '@cellway/core/api/http';
import type { Place } from '../service/place';
import { isLost, openResponse } from './transport';

export type StreamMessage = { readonly kind: 'open' } | { readonly kind: 'event'; readonly event: StreamEvent };

/**
 * One stream of the bridge, from now on: `open` once the bridge has it, then what happens. Ends when the connection
 * breaks: what was missed is asked for by number.
 */
export async function* eventStream(
  client: Client,
  place: Place,
  runs: readonly string[],
  signal: AbortSignal
): AsyncGenerator<StreamMessage, void, void> {
  try {
    const response = await openResponse(place, client.path('events', { query: { run: runs } }), signal);
    if (response.statusCode !== 200) {
      response.resume();
      return;
    }
    response.setEncoding('utf8');
    let rest = '';
    for await (const part of response) {
      rest += String(part);
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const message = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (message.startsWith('retry:')) yield { kind: 'open' };
        const data = message.includes('event: run-event') ? /^data: (.*)$/m.exec(message)?.[1] : undefined;
        if (data !== undefined) yield { kind: 'event', event: JSON.parse(data) as StreamEvent };
      }
    }
  } catch (error) {
    if (!isLost(error) && !signal.aborted) throw error;
  }
}
