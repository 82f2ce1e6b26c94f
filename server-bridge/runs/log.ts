import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { applyEvent, emptyView, type RunView } from './state';
import type { RunEvent, RunEventBody } from './event';
import { isFull } from './reserve';

/** Whole lines of a text that may end within one; what is after the last newline is not there yet. */
export function wholeLines(text: string): readonly string[] {
  const end = text.lastIndexOf('\n');
  return end < 0 ? [] : text.slice(0, end).split('\n').filter(Boolean);
}

function parsed(line: string): RunEvent | null {
  try {
    return JSON.parse(line) as RunEvent;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/**
 * Events of a log's lines. A line that is no JSON was being written when its writer was killed or the disk was full: the
 * next writer ended it, and wrote its event (if at all) again. That nothing is missing is for the numbers to say.
 */
export function eventsOf(lines: readonly string[]): readonly RunEvent[] {
  return lines.map(parsed).filter(event => event !== null);
}

export function parseEvents(text: string): readonly RunEvent[] {
  return eventsOf(wholeLines(text));
}

export function readEvents(path: string): readonly RunEvent[] {
  return existsSync(path) ? parseEvents(readFileSync(path, 'utf8')) : [];
}

export function viewOf(events: readonly RunEvent[]): RunView {
  return events.reduce(applyEvent, emptyView);
}

function bytesOf(data: Buffer, byte: number): number {
  let count = 0;
  for (const one of data) if (one === byte) count += 1;
  return count;
}

/** Bytes that may take room which was held back: a cell's large output must leave some for what has to be told. */
const SMALL = 64 * 1024;

/** The one writer of a run's log. Each event goes through the reducer first, so that no log says what cannot be. */
export class EventLog {
  #view: RunView;
  readonly #file: number;
  /** Events that were there when it was opened. */
  readonly before: readonly RunEvent[];
  /** The file ends within a line. */
  #torn: boolean;

  /** `onFull`: is called when the disk is full, and says whether it has made room. */
  constructor(
    path: string,
    private readonly now: () => number = () => Date.now() / 1000,
    private readonly onFull: () => boolean = () => false
  ) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    this.#file = openSync(path, 'a');
    this.#torn = text !== '' && !text.endsWith('\n');
    // A line is never taken back, not even a torn one: readers may have seen it.
    if (this.#torn) {
      const { error } = this.#write('');
      if (error !== null) throw error;
    }
    this.before = eventsOf(text.split('\n').filter(Boolean));
    this.#view = viewOf(this.before);
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
    if (events.length === 0) return events;
    const written = this.#write(events.map(event => `${JSON.stringify(event)}\n`).join(''));
    if (written.error === null) this.#view = view;
    else {
      // Those that are there are there.
      const { lines, error } = written;
      this.#view = events.slice(0, lines).reduce(applyEvent, this.#view);
      throw error;
    }
    return events;
  }

  /** How many lines of it are in the file: all, or fewer and why. Then the file may end within a line. */
  #write(text: string): { readonly lines: number; readonly error: unknown } {
    const data = Buffer.from(text);
    let at = 0;
    for (;;) {
      try {
        // The rest of a torn line of this very text simply follows.
        if (this.#torn && at === 0) writeSync(this.#file, '\n');
        if (at === 0) this.#torn = false;
        while (at < data.length) {
          at += writeSync(this.#file, data, at);
          this.#torn = data[at - 1] !== 10;
        }
        return { lines: bytesOf(data, 10), error: null };
      } catch (error) {
        const room = isFull(error) && this.onFull();
        if (!room || data.length - at > SMALL) return { lines: bytesOf(data.subarray(0, at), 10), error };
      }
    }
  }

  /** What was written is on the disk when this returns. */
  sync(): void {
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}
