import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { Adoption } from '../runs/adoption';
import { isFinal, type RunEvent } from '../runs/event';
import { paths, readRunFile, type Run } from '../runs/folder';
import { eventsOf } from '../runs/log';
import { findRun } from '../runs/lookup';
import { freeStoreReserve, isFull, keepStoreReserve } from '../runs/reserve';
import { runRow } from '../runs/row';
import { applyEvent, emptyView, type RunView } from '../runs/state';
import { LineReader, watchFolder } from '../runs/tail';
import { type FeedEvent, type Owner, type Store, StoreNewer } from '../store';
import type { Feed } from './feed';
import type { Host } from './host';

const LIVENESS = 1000;

/** Milliseconds between two looks at what a run tells: what comes close together is one transaction. */
const REST = 20;

interface Followed {
  readonly run: Run;
  readonly owner: Owner;
  readonly reader: LineReader;
  readonly unwatch: () => void;
  readonly adoption: Adoption;
  /** Read, and not in the store yet. */
  readonly waiting: RunEvent[];
  /** Who waits for the view to change. */
  readonly sleepers: Set<() => void>;
  view: RunView;
}

/**
 * Takes what runs write into the store and the feed. Files are the truth: a run is followed from its first event each
 * time, and what the store has already (by number) changes nothing, so nothing is lost or doubled however often the
 * bridge starts again.
 */
export class Intake {
  readonly #followed = new Map<string, Followed>();
  readonly #clock: NodeJS.Timeout;
  readonly #unwatch: () => void;
  #trouble: string | null = null;

  constructor(
    private readonly data: string,
    private readonly store: Store,
    private readonly feed: Feed,
    private readonly host: Host
  ) {
    const runs = join(data, 'runs');
    mkdirSync(runs, { recursive: true });
    // Other commands make runs here too.
    const watcher = watch(runs, (_, name) => {
      if (name !== null) this.#look(name);
    });
    watcher.on('error', error => host.warn('the runs folder cannot be watched', { error: error.message }));
    this.#unwatch = () => watcher.close();
    for (const run of store.openRuns()) this.#look(run.id);
    for (const id of readdirSync(runs)) if (!store.knows(id)) this.#look(id);
    this.#checkAll();
    this.#clock = setInterval(() => this.#checkAll(), LIVENESS);
  }

  /** How many runs are under way. */
  get open(): number {
    return this.#followed.size;
  }

  /** Why what runs write cannot be taken in at the moment; null when it can. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** What an open run's events say so far; null of one that is not followed. */
  view(id: string): RunView | null {
    return this.#followed.get(id)?.view ?? null;
  }

  /** Takes in what a followed run has written up to now. */
  catchUp(id: string): void {
    this.#take(id);
  }

  /** Resolves when the run's view is no longer this one, or the signal is given. */
  changed(id: string, view: RunView | null, signal: AbortSignal): Promise<void> {
    const followed = this.#followed.get(id);
    if (followed === undefined || followed.view !== view || signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const done = () => {
        followed.sleepers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      followed.sleepers.add(done);
      signal.addEventListener('abort', done);
    });
  }

  close(): void {
    clearInterval(this.#clock);
    this.#unwatch();
    for (const id of [...this.#followed.keys()]) this.#leave(id);
  }

  /** Takes in what a run has written so far; its folder is followed from now on until it has ended. */
  follow(run: Run): void {
    if (this.#followed.has(run.id)) {
      this.#take(run.id);
      return;
    }
    let row = this.store.run(run.id);
    if (row === null) {
      this.store.addRun(runRow(readRunFile(run.folder), run.folder));
      row = this.store.run(run.id)!;
    }
    this.#followed.set(run.id, {
      run,
      owner: { principal: row.principal, profile: row.profile },
      reader: new LineReader(paths.events(run.folder)),
      unwatch: watchFolder(run.folder, () => this.#take(run.id), REST),
      adoption: new Adoption(run),
      waiting: [],
      sleepers: new Set(),
      view: emptyView
    });
    this.#take(run.id);
  }

  #look(id: string): void {
    const run = findRun(this.data, id);
    if (run === null) return;
    try {
      this.follow(run);
    } catch (error) {
      // One run that cannot be read must not hide the others.
      this.host.warn('a run cannot be taken in', { run: id, error: message(error) });
    }
  }

  #take(id: string): void {
    const followed = this.#followed.get(id);
    if (followed === undefined) return;
    const { waiting } = followed;
    try {
      const read = eventsOf(followed.reader.read());
      waiting.push(...read);
      if (waiting.length === 0) return;
      // What the files say holds, whether the store has room for it or not.
      followed.view = read.reduce(applyEvent, followed.view);
      if (read.length > 0) wake(followed);
      const fresh = this.#ingest(id, waiting);
      const last = waiting.findLast(event => event.type === 'run' && isFinal(event));
      waiting.length = 0;
      this.#trouble = null;
      this.feed.publish(followed.owner, fresh);
      if (last === undefined) return;
      if (last.type === 'run') this.host.metering.runEnded(last.state);
      this.#leave(id);
    } catch (error) {
      // A disk that is full, a store that is locked: tried again at the next tick. The files have it meanwhile.
      if (error instanceof StoreNewer) this.host.end('a newer Cellway has the store');
      this.host.warn('events cannot be taken in', { run: id, error: message(error) });
      this.host.metering.intakeFailed();
      this.#trouble = message(error);
    }
  }

  /** A run that filled the disk has ended: the room that is held back is for saying so. */
  #ingest(id: string, events: readonly RunEvent[]): readonly FeedEvent[] {
    try {
      return this.store.ingest(id, events);
    } catch (error) {
      if (!isFull(error) || !events.some(isFinal) || !freeStoreReserve(this.data)) throw error;
      return this.store.ingest(id, events);
    }
  }

  #leave(id: string): void {
    const followed = this.#followed.get(id);
    if (followed === undefined) return;
    this.#followed.delete(id);
    followed.unwatch();
    followed.reader.close();
    wake(followed);
  }

  /** A death leaves no notice in a folder. */
  #checkAll(): void {
    keepStoreReserve(this.data);
    for (const [id, { run, adoption, view }] of this.#followed) {
      if (!existsSync(run.folder)) {
        this.#leave(id);
        continue;
      }
      try {
        if (!hasEnded(view)) adoption.check(view.n);
        this.#take(id);
      } catch (error) {
        this.host.warn('a run cannot be looked after', { run: id, error: message(error) });
      }
    }
  }
}

function hasEnded({ run }: RunView): boolean {
  return run.kind !== 'none' && run.kind !== 'created' && run.kind !== 'started';
}

function wake({ sleepers }: Followed): void {
  for (const done of [...sleepers]) done();
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
