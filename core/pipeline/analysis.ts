import { type Module, parseCell } from '../python';

/**
 * Remembers what each cell's text parses to, so that an edit parses one cell. Held by the caller from one derivation to
 * the next; it keeps what the last derivation used.
 */
export class Analysis {
  private kept = new Map<string, Module>();
  private used = new Map<string, Module>();

  /** The cell's tree under the `__future__` features in force before it. */
  parse(source: string, futures: ReadonlySet<string>): Module {
    const key = futures.size === 0 ? source : `${[...futures].sort().join(',')}\0${source}`;
    const known = this.used.get(key) ?? this.kept.get(key);
    const parsed = known ?? parseCell(source, { futures: [...futures] });
    this.used.set(key, parsed);
    return parsed;
  }

  /** Ends a derivation: what it did not use is forgotten. */
  turn(): void {
    this.kept = this.used;
    this.used = new Map();
  }
}
