/**
 * What need not travel: a name bound by an import, a `def` or a `class` whose making reads nothing but such names, and
 * whose object is never changed, is made again from its source wherever a step needs it.
 */
import type { Replay } from '../api';
import type { Stmt } from '../python';
import { lineStarts, position } from '../python';
import type { Binding, Machine, Take } from './machine';
import { isLiteral } from './statements';
import type { Block, Cell } from './types';

interface Unit {
  readonly cell: Cell;
  readonly order: number;
  readonly statement: number;
}

export class Replays {
  private readonly units: Map<string, Unit>[];
  private readonly order = new Map<Cell, number>();
  private readonly known = new Map<Binding, boolean>();
  private readonly lasting = new Map<string, Binding>();
  private readonly repeated = new Set<string>();

  constructor(
    private readonly blocks: readonly Block[],
    private readonly m: Machine,
    settings: readonly { readonly cell: Cell; readonly statement: number }[]
  ) {
    let n = 0;
    for (const b of blocks) for (const c of b.cells) this.order.set(c, n++);
    this.units = blocks.map(() => new Map());
    const starts = blocks.map(b => (b.cells[0] === undefined ? Infinity : this.order.get(b.cells[0])!));
    for (const s of settings) {
      const reads = [...this.m.takes.values()].filter(
        t => t.read.cell === s.cell && statementAt(s.cell, t.read.offset) === s.statement
      );
      const needed = reads.filter(t => !this.replayable(t, true));
      if (needed.length > 0 || !this.selfContained(s.cell, s.statement)) continue;
      this.repeated.add(unitKey(s.cell, s.statement));
      blocks.forEach((b, i) => {
        if (b.kind !== 'step' || starts[i]! < this.order.get(s.cell)!) return;
        this.unit(i, s.cell, s.statement);
        const used = settingReads(this.m, s.cell, s.statement);
        for (const binding of used) this.include(i, binding);
      });
    }
    for (const name of m.globals.names()) {
      const slot = m.globals.get(name)!;
      if (slot.bindings.length >= 1 && slot.bindings.every(b => this.made(b)) && sameStatement(slot.bindings))
        this.lasting.set(name, slot.bindings[0]!);
    }
    for (const s of m.stars) {
      for (const u of m.unresolved)
        if (u.block > s.block) this.unit(u.block, s.binding.place.cell, s.binding.statement);
    }
  }

  /** Replays what the take needs in its block, if that can be; false: the value travels. */
  add(take: Take, fromSetup: boolean): boolean {
    if (!this.replayable(take, fromSetup)) return false;
    for (const b of take.bindings) this.include(take.to, b);
    return true;
  }

  /** Whether later steps repeat the statement, which sets something in the process. */
  repeats(cell: Cell, statement: number): boolean {
    return this.repeated.has(unitKey(cell, statement));
  }

  /** It reads no name but those that source alone makes. */
  private selfContained(cell: Cell, statement: number): boolean {
    return namesIn(cell.module.body[statement]!).every(name => {
      const slot = this.m.globals.get(name);
      return slot === undefined || slot.bindings.every(b => this.made(b) || b.kind === 'parameter' || this.literal(b));
    });
  }

  private replayable(take: Take, fromSetup: boolean): boolean {
    if (take.changed || take.bindings.length === 0 || !sameStatement(take.bindings)) return false;
    return take.bindings.every(b => this.made(b) || (fromSetup && b.kind === 'literal' && this.literal(b)));
  }

  private literal(b: Binding): boolean {
    const s = b.place.cell.module.body[b.statement];
    return (
      !b.changed &&
      b.surely &&
      s?.kind === 'Assign' &&
      s.targets.length === 1 &&
      s.targets[0]!.kind === 'Name' &&
      isLiteral(s.value)
    );
  }

  /** Whether source alone makes this binding's object, as it still is. */
  private made(b: Binding): boolean {
    const known = this.known.get(b);
    if (known !== undefined) return known;
    this.known.set(b, true);
    let ok = !b.changed && safe(b.place.cell.module.body[b.statement]);
    if (ok && b.kind === 'import') {
      ok = true;
    } else if (ok && (b.kind === 'def' || b.kind === 'class')) {
      ok = b.reads !== null && [...b.reads].every(r => this.made(r) || (r.kind === 'literal' && this.literal(r)));
    } else if (ok) ok = false;
    this.known.set(b, ok);
    return ok;
  }

  private include(block: number, b: Binding): void {
    if (b.block === block) return;
    if (!this.unit(block, b.place.cell, b.statement)) return;
    for (const r of b.reads ?? []) this.include(block, r);
  }

  private unit(block: number, cell: Cell, statement: number): boolean {
    const key = `${this.order.get(cell)} ${statement}`;
    if (this.units[block]!.has(key) || this.blocks[block]!.cells.includes(cell)) return false;
    this.units[block]!.set(key, { cell, order: this.order.get(cell)!, statement });
    return true;
  }

  of(block: number): Replay[] {
    return this.sources([...this.units[block]!.values()]);
  }

  imports(block: number): string[] {
    const out: string[] = [];
    for (const u of this.units[block]!.values()) importsOf(u.cell.module.body[u.statement], out);
    return out;
  }

  /** Every replayable name at the end of the notebook, after what its making needs. */
  definitions(): Record<string, Replay[]> {
    const out: Record<string, Replay[]> = Object.create(null);
    for (const [name, b] of this.lasting) {
      const units = new Map<string, Unit>();
      const walk = (x: Binding): void => {
        const key = `${this.order.get(x.place.cell)} ${x.statement}`;
        if (units.has(key)) return;
        units.set(key, { cell: x.place.cell, order: this.order.get(x.place.cell)!, statement: x.statement });
        for (const r of x.reads ?? []) walk(r);
      };
      walk(b);
      out[name] = this.sources([...units.values()]);
    }
    return out;
  }

  private sources(units: Unit[]): Replay[] {
    units.sort((a, b) => a.order - b.order || a.statement - b.statement);
    return units.map(u => {
      const s = u.cell.module.body[u.statement]!;
      const at = position(lineStarts(u.cell.source), startOf(s));
      return {
        cell: u.cell.ref,
        line: at.line,
        source: u.cell.source.slice(startOf(s), s.end),
        names: bindingNames(s)
      };
    });
  }
}

function startOf(s: Stmt): number {
  if ((s.kind === 'FunctionDef' || s.kind === 'ClassDef') && s.decorators.length > 0) {
    return Math.min(s.start, s.decorators[0]!.start - 1);
  }
  return s.start;
}

function sameStatement(bs: readonly Binding[]): boolean {
  return bs.every(b => b.place.cell === bs[0]!.place.cell && b.statement === bs[0]!.statement);
}

function statementAt(cell: Cell, offset: number): number {
  return cell.module.body.findIndex(s => startOf(s) <= offset && offset < Math.max(s.end, s.start + 1));
}

function unitKey(cell: Cell, statement: number): string {
  return `${cell.ref.id} ${statement}`;
}

/** Every name that a statement mentions. */
function namesIn(s: Stmt): string[] {
  const out: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object') {
      const n = node as { kind?: string; id?: string };
      if (n.kind === 'Name' && n.id !== undefined) out.push(n.id);
      for (const key in n) if (key !== 'kind') walk((n as Record<string, unknown>)[key]);
    }
  };
  walk(s);
  return out;
}

/** Names that a setting's statement reads and that are made from source. */
function settingReads(m: Machine, cell: Cell, statement: number): Binding[] {
  const out: Binding[] = [];
  const s = cell.module.body[statement]!;
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node !== null && typeof node === 'object') {
      const n = node as { kind?: string; id?: string };
      if (n.kind === 'Name' && n.id !== undefined) {
        const slot = m.globals.get(n.id);
        for (const b of slot?.bindings ?? [])
          if (b.kind === 'import' || b.kind === 'def' || b.kind === 'class' || b.kind === 'literal') out.push(b);
      }
      for (const key in n) if (key !== 'kind') walk((n as Record<string, unknown>)[key]);
    }
  };
  walk(s);
  return out;
}

/** A statement that does nothing but define: it may be run again anywhere. */
function safe(s: Stmt | undefined): boolean {
  if (s === undefined) return false;
  switch (s.kind) {
    case 'Import':
    case 'ImportFrom':
    case 'FunctionDef':
    case 'ClassDef':
    case 'TypeAlias':
    case 'Pass':
      return true;
    case 'Try':
      return [...s.body, ...s.orelse, ...s.finalbody, ...s.handlers.flatMap(h => h.body)].every(inner);
    case 'If':
      return (
        (s.test.kind === 'Name' || s.test.kind === 'Constant' || s.test.kind === 'Attribute') &&
        [...s.body, ...s.orelse].every(inner)
      );
    default:
      return false;
  }
}

function inner(s: Stmt): boolean {
  return safe(s) || (s.kind === 'Assign' && isLiteral(s.value) && s.targets.every(t => t.kind === 'Name'));
}

function bindingNames(s: Stmt): string[] {
  switch (s.kind) {
    case 'Import':
      return s.names.map(a => a.asname?.id ?? a.name.split('.', 1)[0]!);
    case 'ImportFrom':
      return s.names.filter(a => a.name !== '*').map(a => a.asname?.id ?? a.name);
    case 'FunctionDef':
    case 'ClassDef':
    case 'TypeAlias':
      return [s.name.id];
    case 'Assign':
      return s.targets.flatMap(t => (t.kind === 'Name' ? [t.id] : []));
    case 'Try':
      return [
        ...new Set([...s.body, ...s.orelse, ...s.finalbody, ...s.handlers.flatMap(h => h.body)].flatMap(bindingNames))
      ];
    case 'If':
      return [...new Set([...s.body, ...s.orelse].flatMap(bindingNames))];
    default:
      return [];
  }
}

function importsOf(s: Stmt | undefined, out: string[]): void {
  if (s === undefined) return;
  if (s.kind === 'Import') for (const a of s.names) out.push(a.name.split('.', 1)[0]!);
  else if (s.kind === 'ImportFrom' && s.level === 0 && s.module !== null && s.module !== '__future__')
    out.push(s.module.split('.', 1)[0]!);
  else if (s.kind === 'Try') for (const x of [...s.body, ...s.handlers.flatMap(h => h.body)]) importsOf(x, out);
}
