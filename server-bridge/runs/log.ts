import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { applyEvent, emptyView, type RunView } from './state';
import type { RunEvent, RunEventBody } from './event';

/** Whole lines of a text that may end within one; what is after the last newline is not there yet. */
export function wholeLines(text: string): readonly string[] {
  const end = text.lastIndexOf('\n');
  return end < 0 ? [] : text.slice(0, end).split('\n').filter(Boolean);
}

export function parseEvents(text: string): readonly RunEvent[] {
  return wholeLines(text).map(line => JSON.parse(line) as RunEvent);
}

export function readEvents(path: string): readonly RunEvent[] {
  return existsSync(path) ? parseEvents(readFileSync(path, 'utf8')) : [];
}

export function viewOf(events: readonly RunEvent[]): RunView {
  return events.reduce(applyEvent, emptyView);
}

/** The one writer of a run's log. Each event goes through the reducer first, so that no log says what cannot be. */
export class EventLog {
  #view: RunView;
  readonly #file: number;

  constructor(
    path: string,
    private readonly now: () => number = () => Date.now() / 1000
  ) {
    this.#view = viewOf(readEvents(path));
    this.#file = openSync(path, 'a');
  }

  get view(): RunView {
    return this.#view;
  }

  append(body: RunEventBody): RunEvent {
    return this.appendAll([body])[0]!;
  }

  /** One write for several events: readers are woken once. */
  appendAll(bodies: readonly RunEventBody[]): readonly RunEvent[] {
    const events: RunEvent[] = [];
    let view = this.#view;
    for (const body of bodies) {
      const event: RunEvent = { n: view.n + 1, t: this.now(), ...body };
      view = applyEvent(view, event);
      events.push(event);
    }
    if (events.length > 0) writeSync(this.#file, `${events.map(event => JSON.stringify(event)).join('\n')}\n`);
    this.#view = view;
    return events;
  }

  close(): void {
    closeSync(this.#file);
  }
}
