/** What the analysis has to say about the notebook. Codes are documented in docs/guide/diagnostics.md. */
import type { Diagnostic, Position } from '../api';
import type { Machine, Place, Take } from './machine';
import { range } from './places';
import type { Block } from './types';

export function diagnose(
  m: Machine,
  blocks: readonly Block[],
  values: readonly Take[],
  position: (p: Place) => Position
): Diagnostic[] {
  return [
    ...undefinedNames(m),
    ...setupReads(m, blocks, values),
    ...moduleState(m, blocks),
    ...travellers(blocks, values, m, position)
  ];
}

function undefinedNames(m: Machine): Diagnostic[] {
  const out: Diagnostic[] = [];
  const seen = new Set<string>();
  const firstDynamic = Math.min(Infinity, ...m.dynamic.keys());
  for (const u of m.unresolved) {
    const key = `${u.name} ${u.at.cell.ref.index} ${u.at.offset}`;
    if (seen.has(key) || m.stars.some(s => s.block <= u.block) || firstDynamic <= u.block) continue;
    seen.add(key);
    const later = m.globals.get(u.name);
    const where = later === undefined ? '' : `; cell ${later.at.cell.ref.index} binds it later`;
    out.push({
      code: later === undefined ? 'undefined-name' : 'used-before-definition',
      severity: u.possible ? 'warning' : 'error',
      message: `\`${u.name}\` is not defined here: no earlier cell of the pipeline binds it${where}.`,
      range: range(u.at),
      fix: {
        title:
          later === undefined
            ? 'Define it in an earlier cell, or add it to the parameters.'
            : `Move the cell that binds it (cell ${later.at.cell.ref.index}) above this one.`
      }
    });
  }
  return out;
}

function setupReads(m: Machine, blocks: readonly Block[], values: readonly Take[]): Diagnostic[] {
  void m;
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

function moduleState(m: Machine, blocks: readonly Block[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const c of m.moduleChanges) {
    if (blocks[c.block]!.kind === 'setup') continue;
    const root = c.path.split('.', 1)[0]!;
    const later = blocks.some((_, i) => i > c.block && m.imports[i]!.has(root)) || c.block < blocks.length - 1;
    if (!later) continue;
    out.push({
      code: 'module-state',
      severity: 'warning',
      message: `This changes the module \`${root}\` (\`${c.path}\`); other steps run in processes of their own and would not see it.`,
      range: range(c.at),
      fix: { title: `Move it to a cell tagged \`setup\`, which every step repeats.` }
    });
  }
  return out;
}

const NO_TRAVEL: Partial<Record<string, string>> = {
  generator: 'a generator',
  file: 'an open file'
};

function travellers(
  blocks: readonly Block[],
  values: readonly Take[],
  m: Machine,
  position: (p: Place) => Position
): Diagnostic[] {
  const out: Diagnostic[] = [];
  const seen = new Set<string>();
  for (const t of values) {
    for (const o of m.loaded[t.to]?.get(t.name) ?? []) {
      const what = NO_TRAVEL[o.kind];
      if (what === undefined || seen.has(`${t.name} ${t.from}`)) continue;
      seen.add(`${t.name} ${t.from}`);
      out.push({
        code: 'cannot-travel',
        severity: 'warning',
        message: `\`${t.name}\` is ${what} and cannot travel from step \`${blocks[t.from]!.name}\` to step \`${blocks[t.to]!.name}\` (read at cell ${position(t.read).cell}, line ${position(t.read).line}).`,
        range: range(t.written),
        fix: { title: 'Use it in the step that makes it, or make it again where it is needed.' }
      });
    }
  }
  return out;
}
