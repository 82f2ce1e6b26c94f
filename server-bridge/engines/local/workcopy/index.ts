import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refusal } from '../../../runs/refusal';
import { shown } from './bytes';
import { copyEntries, copyPaths } from './copy';
import { type Entry, survey } from './survey';
import { thinOut } from './thin';

export { copyPaths } from './copy';

/** What a step left in the working copy, kept in its attempt folder. */
export interface KeptFiles {
  /** Folder that holds the copies. */
  readonly folder: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** The folder that a run's steps work in. It is made when the first step really runs: a run from the cache needs none. */
export class WorkingCopy {
  #made: Promise<null | Refusal> | null = null;
  #queue: KeptFiles[] = [];
  #unreadable: readonly string[] = [];
  #entries: readonly Entry[] = [];

  constructor(
    readonly folder: string,
    private readonly original: string,
    private readonly exclude: readonly string[]
  ) {}

  /** Null when it is there; a refusal when the folder is too large to be copied. */
  ensure(): Promise<null | Refusal> {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** What of the folder the steps do not have, because it may not be read. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** Whether another supervisor of the run made it: what its finished steps wrote is in it. */
  get inherited(): boolean {
    return this.#made === null && existsSync(this.folder);
  }

  /** Brings back what a step from the cache wrote. */
  async restore(files: KeptFiles): Promise<void> {
    if (files.written.length === 0 && files.removed.length === 0) return;
    if (this.#made === null) {
      this.#queue.push(files);
      return;
    }
    if ((await this.#made) === null) await bring(files, this.folder);
  }

  /** For a run of which no step ran: the files of its steps, without the rest. */
  async finish(): Promise<void> {
    if (this.#made === null) for (const files of this.#queue) await copyPaths(files.written, files.folder, this.folder);
  }

  /** Once the run has ended: what the steps did not touch is in the notebook's folder still. */
  async thin(): Promise<void> {
    await thinOut(this.#entries, this.original, this.folder);
  }

  /** Whole or not at all: a folder that is there has all files, and what was queued by then. */
  async #make(): Promise<null | Refusal> {
    const found = survey(this.original, this.exclude);
    if (found.kind === 'refused') return found;
    this.#entries = found.entries;
    if (existsSync(this.folder)) return null;
    const making = `${this.folder}.making`;
    await rm(making, { recursive: true, force: true });
    const files = await copyEntries(found.entries, this.original, making);
    this.#unreadable = [...found.unreadable.map(path => `${shown(path)}/`), ...files.map(shown)];
    for (let files = this.#queue.shift(); files; files = this.#queue.shift()) await bring(files, making);
    await rename(making, this.folder);
    return null;
  }
}

async function bring(files: KeptFiles, folder: string): Promise<void> {
  for (const path of files.removed) await rm(join(folder, path), { force: true, recursive: true });
  await copyPaths(files.written, files.folder, folder);
}
