import { closeSync, existsSync, openSync, readSync, watch } from 'node:fs';

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
      const part = Buffer.allocUnsafe(65536);
      const got = readSync(this.#file, part, 0, part.length, this.#at);
      if (got === 0) break;
      this.#at += got;
      parts.push(part.subarray(0, got));
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

/** Calls `changed` whenever something in the folder changes; the answer ends that. Errors of the watch are told too. */
export function watchFolder(folder: string, changed: () => void): () => void {
  const watcher = watch(folder, changed);
  watcher.on('error', changed);
  return () => watcher.close();
}
