// What set-up is doing, for whoever waits: a line at the begin and the end of each part, and between them what is done
// now: in a terminal as a last line that is replaced, elsewhere (a CI log) as a line now and then.

/** Between two lines about what is done, in milliseconds. */
const PAUSE = { terminal: 500, log: 5000 };

export class Progress {
  #parts = new Map();
  #timer = null;
  #live = '';

  /** @param {{write(text: string): unknown, isTTY?: boolean, columns?: number}} stream */
  constructor(stream, env = process.env) {
    this.stream = stream;
    this.terminal = stream.isTTY === true && env.TERM !== 'dumb';
  }

  /** @returns {((how: string) => void) & {doing: (text: string | null) => void}} */
  begin(part) {
    const name = part.replace(/ \(.*/, '');
    const start = performance.now();
    const state = { name, start, doing: '' };
    this.#parts.set(state, state);
    this.#write(`set-up: ${part} …`);
    this.#timer ??= setInterval(() => this.tell(), this.terminal ? PAUSE.terminal : PAUSE.log).unref();
    const done = how => {
      this.#parts.delete(state);
      this.#write(`set-up: ${name}: ${how}, ${secondsSince(start)}`);
      if (this.#parts.size === 0) this.stop();
    };
    done.doing = text => {
      if (text !== null) state.doing = text;
    };
    return done;
  }

  /** Says what each part is doing. */
  tell() {
    const texts = [...this.#parts.values()].map(
      ({ name, start, doing }) =>
        `set-up: ${name}: ${doing === '' ? '' : `${doing}, `}${Math.round((performance.now() - start) / 1000)} s`
    );
    if (!this.terminal) {
      for (const text of texts) this.stream.write(`${text}\n`);
      return;
    }
    this.#live = texts.join(' · ').slice(0, (this.stream.columns ?? 80) - 1);
    this.stream.write(`\r${this.#live}\x1b[K`);
  }

  /** Says no more: everything is done, or something failed. */
  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
    if (this.#live !== '') this.stream.write('\r\x1b[K');
    this.#live = '';
  }

  #write(text) {
    this.stream.write(`${this.#live === '' ? '' : '\r\x1b[K'}${text}\n`);
    this.#live = '';
  }
}

export const secondsSince = start => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/** What a line of pip's says that it does; null for lines that say nothing of that. */
export function pipDoing(line) {
  const [, file, size] =
    /^\s*(?:Downloading|Using cached) (?:\S*\/)?(\S+?)(?:\.metadata)?(?: \(([^)]+)\))?$/.exec(line) ?? [];
  if (file !== undefined) {
    const name = file.replace(/-(\d[^-]*).*/, ' $1').replace(/\.tar\.gz$|\.zip$/, '');
    return `fetching ${name}${size === undefined ? '' : ` (${size})`}`;
  }
  const [, wanted] = /^Collecting (\S+?)(?:[=<>!~;[(].*)?(?: \(.*)?$/.exec(line) ?? [];
  if (wanted !== undefined) return `looking for ${wanted}`;
  const built = /^\s*(?:Building wheel for|Preparing metadata for) (\S+)/.exec(line)?.[1];
  if (built !== undefined) return `building ${built}`;
  const packages = /^Installing collected packages: (.*)/.exec(line)?.[1];
  return packages === undefined ? null : `installing ${packages.split(', ').length} packages`;
}

/** A function that says so of npm's lines, which it counts. */
export function npmDoing() {
  let count = 0;
  return line => {
    const path = /^npm http (?:fetch|cache) \S*?(?:GET \d+ )?\S+?:\/\/\S+?\/((?:@[^/\s]+\/)?[^/\s]+)\/-\/\S+/.exec(
      line
    )?.[1];
    if (path === undefined) return null;
    count += 1;
    return `fetching ${path.replace(/%2f/i, '/')} (${count})`;
  };
}
