import { messagesOf } from './event-stream';

function body(...parts: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(encoder.encode(part));
      controller.close();
    }
  });
}

test('messages come whole, however the body is cut', async () => {
  const text = 'retry: 1000\nid: a.1\n\nid: a.2\nevent: run-event\ndata: {"run":"ü"}\n\n: \nid: a.3\n\n';
  for (let cut = 1; cut < text.length; cut++) {
    const seen = [];
    for await (const one of messagesOf(body(text.slice(0, cut), text.slice(cut)))) seen.push(one);
    expect(seen).toEqual([
      { id: 'a.1', event: 'message', data: '' },
      { id: 'a.2', event: 'run-event', data: '{"run":"ü"}' },
      { id: 'a.3', event: 'message', data: '' }
    ]);
  }
});
