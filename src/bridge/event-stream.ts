/** One message of a stream of server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface Message {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Messages of a body as they come. Ends when the body does. */
export async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const block = rest.slice(0, end);
        rest = rest.slice(end + 2);
        yield message(block);
      }
    }
  } finally {
    // Also when whoever reads has had enough: the connection is given up.
    await reader.cancel().catch(() => undefined);
  }
}

function message(block: string): Message {
  let id: string | null = null;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return { id, event, data: data.join('\n') };
}
