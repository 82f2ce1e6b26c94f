import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { errno } from '../runs/errno';

/**
 * A log that does not grow without end: past `size` bytes its file becomes `PATH.1`, that one `PATH.2`, and so on up to
 * `keep`. Lines are written at once, so that what a process said before it died is there. A disk that takes nothing costs
 * lines, which are counted, but never the process.
 */
export class LogFile {
  #file: number;
  #size: number;
  #lost = 0;

  constructor(
    private readonly path: string,
    private readonly size: number,
    private readonly keep: number
  ) {
    this.#file = openSync(path, 'a', 0o600);
    this.#size = fstatSync(this.#file).size;
  }

  write(line: string): void {
    try {
      if (this.#size > 0 && this.#size + Buffer.byteLength(line) > this.size) this.#turn();
      if (this.#lost > 0) {
        this.#put(`${JSON.stringify({ level: 40, msg: `${this.#lost} lines could not be written` })}\n`);
        this.#lost = 0;
      }
      this.#put(line);
    } catch (error) {
      if (errno(error) === null) throw error;
      this.#lost += 1;
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  #put(text: string): void {
    this.#size += writeSync(this.#file, text);
  }

  #turn(): void {
    // Whoever reads the full one goes on to the end of it.
    if (this.keep === 0) rmSync(this.path, { force: true });
    for (let n = this.keep; n > 0; n--) move(n === 1 ? this.path : `${this.path}.${n - 1}`, `${this.path}.${n}`);
    const file = openSync(this.path, 'a', 0o600);
    closeSync(this.#file);
    this.#file = file;
    this.#size = 0;
  }
}

/** There may be fewer yet. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error;
  }
}
