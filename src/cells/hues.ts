/** How many hues the style sheet has: `--jp-cellway-hue-0` and on. */
export const HUES = 10;

/**
 * One hue a step, kept while the notebook is open: a step that comes or goes recolours no other. `rename` carries it
 * over.
 */
export class Hues {
  readonly #byName = new Map<string, number>();

  /** Hues of steps in notebook order. Names that are gone give theirs back. */
  assign(names: readonly string[]): ReadonlyMap<string, number> {
    const now = new Set(names);
    for (const name of [...this.#byName.keys()]) if (!now.has(name)) this.#byName.delete(name);
    for (const name of names) {
      if (this.#byName.has(name)) continue;
      const uses = new Array<number>(HUES).fill(0);
      for (const hue of this.#byName.values()) uses[hue]!++;
      this.#byName.set(name, uses.indexOf(Math.min(...uses)));
    }
    return this.#byName;
  }

  rename(from: string, to: string): void {
    const hue = this.#byName.get(from);
    if (hue === undefined || this.#byName.has(to)) return;
    this.#byName.delete(from);
    this.#byName.set(to, hue);
  }
}
