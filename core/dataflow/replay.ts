/**
 * What need not travel: a name bound by an import, a `def` or a `class` whose making reads nothing but such names, and
 * whose object is never changed, is made again from its source wherever a step needs it.
 */
import type { Replay } from '../api';
import type { Stmt } from '../python';
import type { Binding, Take } from './facts';
import { position } from './places';
import type { Flow } from './rerun';
import { isLiteral } from './statements';
import type { Block, Cell } from './types';

/** A statement that is made again, as a step is given it. The same one for the same cell and statement. */
interface Unit {
  readonly cell: Cell;
  readonly statement: number;
  readonly replay: Replay;
  /** Top-level modules that it imports. */
  readonly imports: readonly string[];
}

export class Replays {
  private readonly units: Set<Unit>[];
  private readonly order = new Map<Cell, number>();
  private readonly blockOf = new Map<Cell, number>();
  private readonly known = new Map<Binding, boolean>();
  private readonly lasting: [string, Binding][] = [];
  private readonly repeated = new Set<Unit>();

  constructor(
    blocks: readonly Block[],
    private readonly flow: Flow
  ) {
    blocks.forEach((b, i) => {
      for (const c of b.cells) {
        this.order.set(c, this.order.size);
        this.blockOf.set(c, i);
      }
    });
    this.units = blocks.map(() => new Set());
    const starts = blocks.map(b => (b.cells[0] === undefined ? Infinity : this.order.get(b.cells[0])!));
    for (const facts of flow.facts) {
      for (const { cell, statement } of facts.settings) {
        const needed = [...facts.takes.values()].some(
          t => t.read.cell === cell && statementAt(cell, t.read.offset) === statement && !this.replayable(t, true)
        );
        if (needed || !this.selfContained(cell, statement)) continue;
        const repeated = unitOf(cell, statement);
        this.repeated.add(repeated);
        const used = this.settingReads(cell, statement);
        blocks.forEach((b, i) => {
          if (b.kind !== 'step' || starts[i]! < this.order.get(cell)!) return;
          this.unit(i, cell, statement);
          for (const binding of used) this.include(i, binding);
        });
      }
    }
    for (const name of flow.globals.names()) {
      const { bindings } = flow.globals.peek(name)!;
      if (bindings.length > 0 && bindings.every(b => this.made(b)) && sameStatement(bindings))
        this.lasting.push([name, bindings[0]!]);
    }
    this.lasting.sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const stars = flow.facts.flatMap(f => f.stars);
    for (const s of stars) {
      for (const f of flow.facts)
        for (const u of f.unresolved)
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
    return this.repeated.has(unitOf(cell, statement));
  }

  /** It reads no name but those that source alone makes. */
  private selfContained(cell: Cell, statement: number): boolean {
    return namesIn(cell.module.body[statement]!).every(name => {
      const slot = this.flow.globals.peek(name);
      return slot === undefined || slot.bindings.every(b => this.made(b) || b.kind === 'parameter' || this.literal(b));
    });
  }

  /** Names that a setting's statement reads and that are made from source. */
  private settingReads(cell: Cell, statement: number): Binding[] {
    return namesIn(cell.module.body[statement]!).flatMap(name =>
      (this.flow.globals.peek(name)?.bindings ?? []).filter(
        b => b.kind === 'import' || b.kind === 'def' || b.kind === 'class' || b.kind === 'literal'
      )
    );
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
    let ok = !b.changed && (b.kind === 'import' || b.kind === 'def' || b.kind === 'class');
    ok &&= safe(b.place.cell.module.body[b.statement]);
    if (ok && b.kind !== 'import')
      ok = b.reads !== null && [...b.reads].every(r => this.made(r) || (r.kind === 'literal' && this.literal(r)));
    this.known.set(b, ok);
    return ok;
  }

  private include(block: number, b: Binding): void {
    if (b.block === block) return;
    if (!this.unit(block, b.place.cell, b.statement)) return;
    for (const r of b.reads ?? []) this.include(block, r);
  }

  private unit(block: number, cell: Cell, statement: number): boolean {
    const units = this.units[block]!;
    const unit = unitOf(cell, statement);
    if (units.has(unit) || this.blockOf.get(cell) === block) return false;
    units.add(unit);
    return true;
  }

  of(block: number): Replay[] {
    return this.inOrder(this.units[block]!);
  }

  imports(block: number): string[] {
    const units = [...this.units[block]!];
    return units.flatMap(u => u.imports);
  }

  /** Every replayable name at the end of the notebook, after what its making needs. */
  definitions(): Record<string, Replay[]> {
    const out: Record<string, Replay[]> = Object.create(null);
    for (const [name, b] of this.lasting) {
      const units = new Set<Unit>();
      const walk = (x: Binding): void => {
        const unit = unitOf(x.place.cell, x.statement);
        if (units.has(unit)) return;
        units.add(unit);
        for (const r of x.reads ?? []) walk(r);
      };
      walk(b);
      out[name] = this.inOrder(units);
    }
    return out;
  }

  private inOrder(units: ReadonlySet<Unit>): Replay[] {
    return [...units]
      .sort((a, b) => this.order.get(a.cell)! - this.order.get(b.cell)! || a.statement - b.statement)
      .map(u => u.replay);
  }
}

const units = new WeakMap<Cell, Unit[]>();

function unitOf(cell: Cell, statement: number): Unit {
  let known = units.get(cell);
  if (known === undefined) units.set(cell, (known = []));
  let unit = known[statement];
  if (unit === undefined) {
    const s = cell.module.body[statement]!;
    const start = startOf(s);
    const { line } = position({ cell, offset: start, end: start });
    const imports: string[] = [];
    importsOf(s, imports);
    const replay = { cell: cell.ref, line, source: cell.source.slice(start, s.end), names: bindingNames(s) };
    unit = { cell, statement, replay, imports };
    known[statement] = unit;
  }
  return unit;
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
