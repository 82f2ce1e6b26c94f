import { appendFileSync, closeSync, existsSync, openSync, readSync, watch } from 'node:fs';

/** Every read goes through it, and is done before the next. */
const part = Buffer.allocUnsafe(65536);

/** What was appended to a file since the last call, in whole lines; a file that is not there yet has none. */
export class LineReader {
  #file: number | null = null;
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor(private readonly path: string) {}

  read(): readonly string[] {
    if (this.#file === null) {
      if (!existsSync(this.path)) return [];
      this.#file = openSync(this.path, 'r');
    }
    const parts: Buffer[] = [this.#rest];
    for (;;) {
      const got = readSync(this.#file, part, 0, part.length, this.#at);
      if (got === 0) break;
      this.#at += got;
      parts.push(Buffer.from(part.subarray(0, got)));
    }
    const all = Buffer.concat(parts);
    const end = all.lastIndexOf(10);
    this.#rest = all.subarray(end + 1);
    return end < 0 ? [] : all.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/**
 * Calls `changed` after something in the folder changed, once for all that changed in the meantime; the answer ends
 * that. Errors of the watch are told too. `rest`: milliseconds that are let pass between two calls.
 */
export function watchFolder(folder: string, changed: () => void, rest = 0): () => void {
  return watched(folder, changed, rest);
}

/**
 * As `watchFolder`, after something was written to the file, which is made if it is not there. Who writes other files
 * beside it wakes nobody.
 */
export function watchFile(path: string, changed: () => void, rest = 0): () => void {
  appendFileSync(path, '');
  return watched(path, changed, rest);
}

function watched(path: string, changed: () => void, rest: number): () => void {
  let cancel: (() => void) | null = null;
  let last = Number.NEGATIVE_INFINITY;
  const call = () => {
    cancel = null;
    last = performance.now();
    changed();
  };
  const notice = () => {
    if (cancel !== null) return;
    const wait = last + rest - performance.now();
    if (wait > 0) {
      const timer = setTimeout(call, wait);
      cancel = () => clearTimeout(timer);
    } else {
      const immediate = setImmediate(call);
      cancel = () => clearImmediate(immediate);
    }
  };
  const watcher = watch(path, notice);
  watcher.on('error', notice);
  return () => {
    watcher.close();
    cancel?.();
  };
}
