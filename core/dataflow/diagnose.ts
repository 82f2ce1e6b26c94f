/** What the analysis has to say about the notebook. Codes are documented in docs/guide/diagnostics.md. */
import type { Diagnostic } from '../api';
import { cachedFunctions } from './cached';
import type { Facts, Take } from './facts';
import type { Obj } from './objects';
import { position, range } from './places';
import type { Replays } from './replay';
import type { Flow } from './rerun';
import type { Block, Context } from './types';

/** `values`: what travels between blocks. */
export function diagnose(
  { facts, globals }: Flow,
  blocks: readonly Block[],
  values: readonly Take[],
  replays: Replays,
  context: Context
): Diagnostic[] {
  return [
    ...undefinedNames(facts, globals, context),
    ...setupReads(blocks, values),
    ...moduleState(facts, blocks, replays),
    ...outputHistory(facts, blocks),
    ...travellers(blocks, values, facts),
    ...cachedFunctions(facts, blocks),
    ...setOrders(blocks, values, facts),
    ...unseeded(blocks, facts)
  ];
}

function undefinedNames(facts: readonly Facts[], globals: Flow['globals'], context: Context): Diagnostic[] {
  const out: Diagnostic[] = [];
  const seen = new Set<string>();
  // From here on, what is bound is not all known.
  const end = facts.findIndex(f => f.dynamic !== null || f.stars.length > 0);
  for (const u of facts.slice(0, end < 0 ? undefined : end).flatMap(f => f.unresolved)) {
    const key = `${u.name} ${u.at.cell.ref.index} ${u.at.offset}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const later = globals.get(u.name);
    const skipped = context.skipped?.get(u.name);
    const severity = u.possible ? ('warning' as const) : ('error' as const);
    const where = { severity, range: range(u.at) };
    if (later !== undefined) {
      const cell = later.at.cell.ref.index;
      out.push({
        ...where,
        code: 'used-before-definition',
        message: `\`${u.name}\` is not defined here: no earlier cell of the pipeline binds it; cell ${cell} binds it later.`,
        fix: { title: `Move the cell that binds it (cell ${cell}) above this one.` }
      });
    } else if (skipped !== undefined) {
      out.push({
        ...where,
        code: 'undefined-name',
        message: `\`${u.name}\` is not defined here: only cell ${skipped.cell} binds it, which is tagged \`skip\` and so not part of the pipeline.`,
        fix: { title: `Remove the tag \`skip\` from cell ${skipped.cell}, or tag this cell \`skip\` too.` }
      });
    } else {
      out.push({
        ...where,
        code: 'undefined-name',
        message: `\`${u.name}\` is not defined here: no earlier cell of the pipeline binds it.`,
        fix: { title: 'Define it in an earlier cell, or add it to the parameters.' }
      });
    }
  }
  return out;
}

function setupReads(blocks: readonly Block[], values: readonly Take[]): Diagnostic[] {
  return values
    .filter(t => blocks[t.to]!.kind === 'setup' && blocks[t.from]!.kind === 'step')
    .map(t => ({
      code: 'setup-reads-step',
      severity: 'error' as const,
      message: `This setup cell reads \`${t.name}\`, which step \`${blocks[t.from]!.name}\` makes; setup runs before all steps.`,
      range: range(t.read),
      fix: { title: `Remove the tag \`setup\` from cell ${t.read.cell.ref.index}, so that it belongs to a step.` }
    }));
}

function moduleState(facts: readonly Facts[], blocks: readonly Block[], replays: Replays): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const c of facts.flatMap(f => f.moduleChanges)) {
    if (blocks[c.block]!.kind === 'setup') continue;
    if (replays.repeats(c.at.cell, c.statement)) continue;
    const root = c.path.split('.', 1)[0]!;
    const later = blocks.some(
      (_, i) => i > c.block && (facts[i]!.imports.has(root) || replays.imports(i).includes(root))
    );
    if (!later) continue;
    out.push({
      code: 'module-state',
      severity: 'error',
      message: `This changes the module \`${root}\` (\`${c.path}\`); other steps run in processes of their own and would not see it.`,
      range: range(c.at),
      fix: { title: `Move it to a cell tagged \`setup\`, which every step repeats.` }
    });
  }
  return out;
}

/** `_` and `Out` are each process's own: an output of another step is not among them. */
function outputHistory(facts: readonly Facts[], blocks: readonly Block[]): Diagnostic[] {
  const history = facts.flatMap(f => f.history);
  if (history.length === 0) return [];
  const filled = blocks.flatMap((b, i) =>
    b.cells.filter(c => c.source.trim() !== '').map(c => ({ cell: c, block: i }))
  );
  return history
    .filter(({ name, block, at }) => {
      if (/^_\d+$/.test(name)) return filled[Number(name.slice(1)) - 1]?.block !== block;
      if (!/^_{1,3}$/.test(name)) return blocks.length > 1;
      const own = blocks[block]!.cells;
      const before = own.slice(0, own.indexOf(at.cell)).filter(c => c.module.body.at(-1)?.kind === 'ExprStmt');
      return before.length < name.length;
    })
    .map(({ name, at }) => ({
      code: 'output-history',
      severity: 'error' as const,
      message: `\`${name}\` is the output of an earlier cell; steps run in processes of their own, where another step's outputs are not kept.`,
      range: range(at),
      fix: { title: 'Give the value a name in the cell that makes it.' }
    }));
}

const NO_TRAVEL: Partial<Record<string, string>> = {
  generator: 'a generator',
  file: 'an open file'
};

/** Why the object, or one directly inside it, cannot leave its process. */
function rooted(o: Obj): string | null {
  const own = o.bound ?? NO_TRAVEL[o.kind];
  if (own !== undefined) return `is ${own}`;
  if (o.kind !== 'list' && o.kind !== 'dict' && o.kind !== 'tuple' && o.kind !== 'instance') return null;
  for (const part of o.parts?.keys() ?? []) {
    const inside = part.bound ?? NO_TRAVEL[part.kind];
    if (inside !== undefined) return `holds ${inside}`;
  }
  return null;
}

function travellers(blocks: readonly Block[], values: readonly Take[], facts: readonly Facts[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const t of values) {
    for (const o of facts[t.to]!.loaded.get(t.name) ?? []) {
      const what = rooted(o);
      if (what === null || seen.has(`${t.name} ${t.from}`)) continue;
      seen.add(`${t.name} ${t.from}`);
      const read = position(t.read);
      out.push({
        code: 'cannot-travel',
        severity: 'warning',
        message: `\`${t.name}\` ${what} and cannot travel from step \`${blocks[t.from]!.name}\` to step \`${blocks[t.to]!.name}\` (read at cell ${read.cell}, line ${read.line}).`,
        range: range(t.written),
        fix: { title: 'Use it in the step that makes it, or make it again in the step that needs it.' }
      });
    }
  }
  return out;
}

/** A set of strings gives its elements in an order that depends on the process's hash seed. */
function setOrders(blocks: readonly Block[], values: readonly Take[], facts: readonly Facts[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const use of facts.flatMap(f => f.ordered)) {
    const take = values.find(t => t.to === use.block && facts[t.to]!.loaded.get(t.name)?.includes(use.set));
    if (take === undefined || seen.has(`${take.name} ${use.block}`)) continue;
    seen.add(`${take.name} ${use.block}`);
    out.push({
      code: 'set-order',
      severity: 'info',
      message: `\`${take.name}\` is a set from step \`${blocks[take.from]!.name}\`; the order in which this goes through it is fixed within a run, but may be another than in your notebook.`,
      range: range(use.at),
      fix: { title: `Go through \`sorted(${take.name})\`.` }
    });
  }
  return out;
}

const RNGS: ReadonlyMap<string, string> = new Map([
  ['random', 'random.seed(0)'],
  ['numpy.random', 'numpy.random.seed(0)'],
  ['torch.random', 'torch.manual_seed(0)']
]);

/** Steps that draw from one generator wait for each other; without a seed that buys nothing. */
function unseeded(blocks: readonly Block[], facts: readonly Facts[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  const ambient = facts.flatMap(f => f.ambient);
  for (const [slot, seed] of RNGS) {
    const uses = ambient.filter(u => u.slot === slot);
    if (uses.length === 0 || uses[0]!.use === 'set') continue;
    const seeded = uses.findIndex(u => u.use === 'set');
    const draws = seeded < 0 ? uses : uses.slice(0, seeded);
    const steps = [...new Set(draws.map(u => u.block))];
    if (steps.length < 2) continue;
    out.push({
      code: 'unseeded-random',
      severity: 'info',
      message: `Steps ${steps.map(b => `\`${blocks[b]!.name}\``).join(', ')} draw from \`${slot}\`, which nothing seeds: they wait for each other, and each run gives other values.`,
      range: range(draws[0]!.at),
      fix: { title: `Seed it once before (\`${seed}\`), or give each step a generator of its own.` }
    });
  }
  return out;
}
