import type { ChildProcess } from 'node:child_process';
import { paths, type Run } from './folder';
import { isLocked } from './lock';
import { closeLostRun } from './lost';
import { ownSupervise, spawnSupervisor, supervisorState } from './supervision';

/** New supervisors that a run gets without getting on under any of them. */
const TRIES = 5;
/** Milliseconds after which a run that has no supervisor will have none: whoever made it died between the two. */
const UNSTARTED = 30_000;

/** Sees to it that a run whose supervisor dies gets another one, which goes on where that one was. */
export class Adoption {
  #child: ChildProcess | null = null;
  #tries = 0;
  #at = 0;
  readonly #since = performance.now();

  constructor(
    private readonly run: Run,
    private readonly command: readonly string[] = ownSupervise()
  ) {}

  /** To be called now and then; `n`: number of the run's last event. A death leaves no notice in a folder. */
  check(n: number): void {
    const state = supervisorState(this.run.folder);
    if (state === 'alive' || this.#child !== null) return;
    // One in another container is not seen, but its lock is.
    if (state === 'dead' && isLocked(paths.lock(this.run.folder))) return;
    if (state === 'not-started' && performance.now() - this.#since < UNSTARTED) return;
    // Each new one writes that it began.
    if (n > this.#at + 2) this.#tries = 0;
    this.#at = n;
    if (this.#tries++ === TRIES) {
      closeLostRun(this.run, `${TRIES} others that took the run over ended too`);
      return;
    }
    const child = spawnSupervisor(this.run, this.command);
    this.#child = child;
    const gone = () => {
      this.#child = null;
    };
    child.once('exit', gone);
    child.once('error', gone);
  }
}
