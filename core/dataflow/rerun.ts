/**
 * The abstract run of a notebook, kept from one edit to the next. After an edit the blocks behind it are taken back, the
 * edited one runs, and where it leaves what it left before, what follows is done again from what was kept instead of
 * run. The result is that of a run from nothing.
 */
import { recall } from './evidence';
import { evaluate } from './expressions';
import type { Binding, Facts, Slot } from './facts';
import { Machine, SHARED_CALLS } from './machine';
import { Obj } from './objects';
import { Pairing, type Span } from './pairing';
import { isModuleChange, isSetting } from './settings';
import { run } from './statements';
import type { LocalSlot } from './frame';
import type { Block, Context } from './types';
import type { ChangedSlot, Undo } from './undo';

/** A block that has run. */
interface Ran {
  readonly block: Block;
  readonly facts: Facts;
  readonly undo: Undo;
  /** Of the calls that all blocks share. */
  readonly used: number;
  /** Global names that it looked up. */
  readonly reads: ReadonlySet<string>;
  /** It looked at all names. */
  readonly listed: boolean;
  readonly made: Span;
}

export interface Flow {
  readonly facts: readonly Facts[];
  readonly globals: Machine['globals'];
}

export class Rerun {
  private machine: Machine | null = null;
  private ran: Ran[] = [];
  private context: Context | null = null;

  /** Runs the blocks, as far as what they do is not known from the last time. */
  run(blocks: readonly Block[], context: Context): Flow {
    const known = this.ran;
    const kept = this.context !== null && sameContext(this.context, context) ? this.machine : null;
    // A run that fails leaves nothing to go on from.
    this.machine = null;
    this.context = context;
    let from = 0;
    while (from < known.length && from < blocks.length && sameBlock(known[from]!.block, blocks[from]!)) from++;
    const behind = known.slice(from);
    const lost = kept === null || behind.some(r => r.undo.lossy);
    const m = lost ? new Machine(context) : kept;
    m.context = context;
    this.ran = lost ? [] : known.slice(0, from);
    if (!lost) for (let i = behind.length - 1; i >= 0; i--) behind[i]!.undo.back();
    this.goOn(m, blocks, lost ? [] : behind);
    this.machine = m;
    m.globals.reads = new Set();
    return { facts: this.ran.map(r => r.facts), globals: m.globals };
  }

  private goOn(m: Machine, blocks: readonly Block[], old: readonly Ran[]): void {
    const from = this.ran.length;
    let shared = SHARED_CALLS;
    for (const r of this.ran) shared -= r.used;
    let before = shared;
    for (const r of old) before -= r.used;
    /** Names that are other than the last time, though nothing that can be changed is. */
    const other = new Set<string>();
    let same = true;
    for (let at = from; at < blocks.length; at++) {
      const block = blocks[at]!;
      const known = same ? old[at - from] : undefined;
      if (known !== undefined && sameBlock(known.block, block) && !concerned(known, other)) {
        known.undo.again();
        for (const name of known.undo.names.keys()) other.delete(name);
        this.ran.push(known);
      } else {
        const made = runBlock(m, block, at, shared);
        const left = before + (known?.used ?? 0) - made.used;
        // Used up on one way, later blocks would not follow the same calls.
        const enough = known !== undefined && (known.used === made.used || (before > 0 && left > 0));
        const settled = enough ? settle(m, known, made, at, other) : null;
        if (settled === null) same = false;
        else before = left;
        this.ran.push(settled ?? made);
      }
      shared -= this.ran[at]!.used;
    }
  }
}

function concerned(known: Ran, other: ReadonlySet<string>): boolean {
  if (other.size === 0) return false;
  if (known.listed) return true;
  for (const name of other) if (known.reads.has(name)) return true;
  return false;
}

function sameBlock(a: Block, b: Block): boolean {
  return a.kind === b.kind && a.cells.length === b.cells.length && a.cells.every((c, i) => c === b.cells[i]);
}

function sameContext(a: Context, b: Context): boolean {
  return (
    a.environment !== undefined &&
    a.environment === b.environment &&
    a.parameters.size === b.parameters.size &&
    [...a.parameters].every(p => b.parameters.has(p))
  );
}

function runBlock(m: Machine, block: Block, index: number, shared: number): Ran {
  m.startBlock(index, shared);
  const first = Obj.serials;
  const { facts } = m;
  const { reads } = m.globals;
  for (const cell of block.cells) {
    m.startCell(cell);
    const begun = { ambient: facts.ambient.length, files: facts.files.length };
    cell.module.body.forEach((s, i) => {
      m.statement = i;
      m.here(s);
      const before = {
        ambient: facts.ambient.length,
        modules: facts.moduleChanges.length,
        files: facts.files.length
      };
      const binds = facts.binds.size;
      run(m, null, s);
      if (facts.binds.size > binds) return;
      if (block.kind === 'setup' ? isSetting(m, s, before) : isModuleChange(m, s, before))
        facts.settings.push({ cell, statement: i });
    });
    m.statement = cell.module.body.length;
    for (const name of cell.module.salvaged) {
      const slot = m.globals.get(name.id);
      if (slot !== undefined) m.take(name.id, slot, m.here(name), true);
      else evaluate(m, null, { kind: 'Constant', start: name.start, end: name.end, value: { type: 'None' } });
    }
    const evidence = m.context.evidence?.(cell.source);
    const diagnostic = evidence === undefined ? null : recall(m, cell, evidence, begun);
    if (diagnostic !== null) facts.recalled.push({ source: cell.source, diagnostic });
  }
  const { undo, used } = m.endBlock();
  return { block, facts, undo, used, reads, listed: m.globals.listed, made: { first, last: Obj.serials } };
}

/**
 * Where the new run of a block leaves what the old one left, but for names of values that cannot change: puts the old
 * run's objects in place, which all that follows knows, and notes those names in `other`. Else null, and the new run
 * stands.
 */
function settle(m: Machine, old: Ran, now: Ran, index: number, other: Set<string>): Ran | null {
  const pairing = new Pairing(index, old.made, now.made);
  if (!sameObjects(pairing, old.undo, now.undo) || !sameScopes(pairing, old.undo, now.undo)) return null;
  const differing = new Map<string, Slot | undefined>();
  const agreeing: string[] = [];
  for (const name of new Set([...old.undo.names.keys(), ...now.undo.names.keys()])) {
    const [a, b] = sides(old.undo.names.get(name), now.undo.names.get(name)) as [Slot | undefined, Slot | undefined];
    if (plain(a) && plain(b) && !sameValue(a, b, pairing)) {
      differing.set(name, b);
      a?.bindings.forEach((x, i) => {
        const y = b?.bindings[i];
        if (y !== undefined && x.name === y.name && x.kind === y.kind) pairing.binding(x, y);
      });
    } else if (pairing.slot(a, b)) agreeing.push(name);
    else return null;
  }
  if (!pairing.settle()) return null;
  now.undo.back();
  old.undo.again();
  const globals = m.globals as ChangedSlot['env'];
  for (const [name, slot] of differing) {
    other.add(name);
    if (!now.undo.names.has(name)) {
      old.undo.leaveAlone(globals, name);
      continue;
    }
    const left = slot && { ...slot, bindings: slot.bindings.map(b => pairing.oldBinding(b)) };
    old.undo.leave(globals, name, left);
  }
  for (const name of agreeing) other.delete(name);
  pairing.move();
  inOldTerms(now.facts, pairing);
  return { ...now, undo: old.undo, made: old.made };
}

/** What both runs have left of one thing: the old run is taken back, the new one stands. */
function sides(old: ChangedSlot | undefined, now: ChangedSlot | undefined): [unknown, unknown] {
  const before = now?.other;
  const { env, name } = (old ?? now)!;
  return [old === undefined ? before : old.other, env.peek(name)];
}

/** Of values that cannot change, and so hold nothing. */
function plain(slot: Slot | undefined): boolean {
  return slot === undefined || (slot.through.length === 0 && slot.vals.every(o => o.immutable));
}

/** Two plain slots that no reader could tell apart, but for their place. */
function sameValue(a: Slot | undefined, b: Slot | undefined, pairing: Pairing): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    pairing.vals(a.vals, b.vals) &&
    a.block === b.block &&
    a.possible === b.possible &&
    a.certain === b.certain &&
    a.changed === b.changed &&
    a.bindings.length === b.bindings.length &&
    a.bindings.every((x, i) => alike(x, b.bindings[i]!))
  );
}

function alike(x: Binding, y: Binding): boolean {
  return (
    x === y ||
    (x.name === y.name && x.kind === y.kind && x.block === y.block && x.surely === y.surely && x.changed === y.changed)
  );
}

function sameObjects(pairing: Pairing, old: Undo, now: Undo): boolean {
  for (const [o, before] of now.objects) if (!pairing.state(old.objects.get(o) ?? before, o)) return false;
  for (const [o, left] of old.objects) if (!now.objects.has(o) && !pairing.state(left, o)) return false;
  return true;
}

/** Variables and cells of older functions, and which older bindings' objects were changed. */
function sameScopes(pairing: Pairing, old: Undo, now: Undo): boolean {
  const both = [...old.locals, ...now.locals];
  for (const { env, name } of both) {
    const find = (u: Undo): ChangedSlot | undefined => u.locals.find(s => s.env === env && s.name === name);
    const [a, b] = sides(find(old), find(now)) as [LocalSlot | undefined, LocalSlot | undefined];
    if (!pairing.local(a, b)) return false;
  }
  for (const { frame } of [...old.frames, ...now.frames]) {
    const find = (u: Undo): Obj | null | undefined => u.frames.find(f => f.frame === frame)?.other;
    const [a, b] = [find(old) ?? null, frame.cells];
    if (a === null || b === null ? a !== b : !pairing.object(a, b)) return false;
  }
  const changed = new Set(old.bindings);
  return changed.size === now.bindings.length && now.bindings.every(b => changed.has(b));
}

/** What the new run has noted is about objects of the old one from now on. */
function inOldTerms(facts: Facts, pairing: Pairing): void {
  for (const [name, vals] of facts.loaded)
    if (vals.some(o => pairing.isNew(o)))
      facts.loaded.set(
        name,
        vals.map(o => pairing.oldOf(o))
      );
  facts.ordered.forEach((use, i) => {
    if (pairing.isNew(use.set)) facts.ordered[i] = { ...use, set: pairing.oldOf(use.set) };
  });
}
