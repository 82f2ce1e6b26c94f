/** A cell's outputs from its `output` events, as JupyterLab would show them. Pure. */
import type { RuntimeEvent } from './event';
import type { Json } from './schema';

type Output = { readonly [field: string]: Json };

/** What a terminal shows of a text: `\r` goes back to the line's start, `\b` one place, `\r\n` is a line's end. */
export function shownText(text: string): string {
  if (!/[\r\b]/.test(text)) return text;
  return text
    .replace(/\r+\n/g, '\n')
    .split('\n')
    .map(line => (/[\r\b]/.test(line) ? overwritten(line) : line))
    .join('\n');
}

function overwritten(line: string): string {
  const places: string[] = [];
  let at = 0;
  for (const character of line) {
    if (character === '\r') at = 0;
    else if (character === '\b') at = Math.max(0, at - 1);
    else {
      places[at] = character;
      at += 1;
    }
  }
  return places.join('');
}

/** The outputs after one more `output` event (docs/contracts.md). One that does not fit what is there changes nothing. */
export function applyOutput(outputs: readonly Json[], event: RuntimeEvent): readonly Json[] {
  const at = typeof event.at === 'number' ? event.at : -1;
  switch (event.op) {
    case 'clear':
      return [];
    case 'add':
      return at === outputs.length ? [...outputs, event.output as Json] : outputs;
    case 'set':
      return at in outputs ? outputs.map((output, place) => (place === at ? (event.output as Json) : output)) : outputs;
    case 'append': {
      const before = outputs[at] as Output | undefined;
      if (before === undefined || typeof before.text !== 'string') return outputs;
      const after = { ...before, text: `${before.text}${String(event.text)}` };
      return outputs.map((output, place) => (place === at ? after : output));
    }
    default:
      return outputs;
  }
}

/** Outputs to show: texts as a terminal would have them. */
export function shownOutputs(outputs: readonly Json[]): readonly Json[] {
  return outputs.map(output => {
    const { text } = (output ?? {}) as Output;
    return typeof text === 'string' ? { ...(output as Output), text: shownText(text) } : output;
  });
}
