/**
 * Calls that did nothing new need not be run again: a call of one function with the very same arguments, while nothing
 * that is older than its first run has changed, does what it did. Keeps classes whose methods call each other from
 * costing one run for each path through them.
 */
import { Obj, type Val } from './objects';

interface Running {
  readonly key: string;
  /** Objects and scopes with a lower serial were there before the call. */
  readonly since: number;
  /** It, or something that it called, changed one of these. */
  dirty: boolean;
}

interface Done {
  readonly key: string;
  readonly at: number;
}

export class Memo {
  private readonly running: Running[] = [];
  /** By rising serial, so that what a change makes worthless is at the end. */
  private readonly done: Done[] = [];
  private readonly results = new Map<string, Val>();

  /** Forgets all, and hears of changes from now on. */
  begin(): void {
    Obj.changed = serial => this.note(serial);
    this.running.length = 0;
    this.done.length = 0;
    this.results.clear();
  }

  known(key: string): Val | undefined {
    return this.results.get(key);
  }

  /** The same call is under way and has changed nothing yet: once more would change nothing either. */
  turning(key: string): boolean {
    return this.running.some(r => r.key === key && !r.dirty);
  }

  run(key: string, work: () => Val): Val {
    const call: Running = { key, since: Obj.serials, dirty: false };
    this.running.push(call);
    let result: Val;
    try {
      result = work();
    } finally {
      this.running.pop();
    }
    if (!call.dirty && result.every(o => o.immutable || o.serial < call.since)) {
      this.results.set(key, result);
      this.done.push({ key, at: Obj.serials });
    }
    return result;
  }

  private note(serial: number): void {
    for (let i = this.running.length - 1; i >= 0; i--) {
      const call = this.running[i]!;
      if (call.since <= serial) break;
      call.dirty = true;
    }
    for (let i = this.done.length - 1; i >= 0 && this.done[i]!.at > serial; i--)
      this.results.delete(this.done.pop()!.key);
  }
}
