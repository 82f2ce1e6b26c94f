import type { Step } from '@cellway/core/api';

/** What the machine gives to steps. `memory` in bytes. */
export interface Capacity {
  readonly cpu: number;
  readonly memory: number;
}

/** Steps that ask for more than there is get all of it: they run alone. */
export function demandOf(node: Step, capacity: Capacity): Capacity {
  return {
    cpu: Math.min(node.settings.cpu ?? 1, capacity.cpu),
    memory: Math.min(node.settings.memory ?? 0, capacity.memory)
  };
}

/** Hands out the machine, in the order of places (notebook order), first to those that fit. */
export class Slots {
  #free: Capacity;
  #queue: { readonly place: number; readonly demand: Capacity; readonly go: () => void }[] = [];

  constructor(readonly capacity: Capacity) {
    this.#free = capacity;
  }

  /** Whether one who asked now would have to wait. */
  busy(node: Step): boolean {
    return !this.#fits(demandOf(node, this.capacity));
  }

  /** Resolves when the step may run; the answer gives its share back. */
  async take(node: Step, place: number): Promise<() => void> {
    const demand = demandOf(node, this.capacity);
    await new Promise<void>(go => {
      this.#queue.push({ place, demand, go });
      this.#queue.sort((a, b) => a.place - b.place);
      this.#serve();
    });
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#free = { cpu: this.#free.cpu + demand.cpu, memory: this.#free.memory + demand.memory };
      this.#serve();
    };
  }

  #fits(demand: Capacity): boolean {
    return demand.cpu <= this.#free.cpu && demand.memory <= this.#free.memory;
  }

  #serve(): void {
    this.#queue = this.#queue.filter(({ demand, go }) => {
      if (!this.#fits(demand)) return true;
      this.#free = { cpu: this.#free.cpu - demand.cpu, memory: this.#free.memory - demand.memory };
      go();
      return false;
    });
  }
}
