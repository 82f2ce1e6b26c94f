import type { Edge, Flow, Pipeline, Step } from '@cellway/core/api';
import { columns, fit, pad, type Style } from './terminal';

const SIGN = { value: '=', file: '▤', ambient: '◇', order: '→' } as const;

/**
 * The pipeline as a tree: each step hangs under the step it waits for last, so that branches that run at the same time
 * stand side by side; what it takes, and from whom else, is written behind it. Pure; one string a line.
 */
export function tree(pipeline: Pipeline, style: Style, width: number): readonly string[] {
  const lines = [style.bold(fit(pipeline.name, width)) + style.dim(`  ${headline(pipeline)}`), ''];
  for (const { name, type, default: value, description } of pipeline.parameters) {
    const about = description === undefined ? '' : `  ${description}`;
    lines.push(
      `  ${style.cyan(name)} ${style.dim(fit(`${type} = ${JSON.stringify(value)}${about}`, width - name.length - 4))}`
    );
  }
  if (pipeline.parameters.length > 0) {
    lines.push('');
  }
  for (const piece of pipeline.setup) {
    lines.push(`  ${style.dim(fit(`${piece.name}  ${cellsOf(piece)}`, width - 2))}`);
  }
  const rows = layOut(pipeline);
  const left = Math.min(
    Math.floor(width * 0.5),
    Math.max(0, ...rows.map(row => columns(row.rail + row.step.name) + 2))
  );
  for (const row of rows) {
    lines.push(...rowLines(row, left, style, width));
  }
  const { length } = pipeline.diagnostics;
  if (length > 0) {
    lines.push('', style.yellow(`${length} ${length === 1 ? 'remark' : 'remarks'}: cellway check shows them.`));
  }
  return lines;
}

function headline({ steps, notebook }: Pipeline): string {
  const how = { tags: 'by tags', proposed: 'proposed: the notebook names no steps', 'each-cell': 'each cell a step' };
  return `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${how[notebook.split]}`;
}

interface Row {
  readonly step: Step;
  /** What is drawn before the name, and before further lines of the step. */
  readonly rail: string;
  readonly under: string;
  readonly edges: readonly Edge[];
}

/** Depth first, in notebook order. The parent of a step is the latest of those it needs. */
function layOut({ steps, edges }: Pipeline): readonly Row[] {
  const children = new Map<string | null, Step[]>();
  for (const step of steps) {
    const parent = step.needs.at(-1) ?? null;
    children.set(parent, [...(children.get(parent) ?? []), step]);
  }
  const rows: Row[] = [];
  const open: { step: Step; lead: string; last: boolean; root: boolean }[] = [];
  const push = (list: readonly Step[], lead: string, root: boolean): void => {
    for (const [at, step] of [...list.entries()].reverse()) {
      open.push({ step, lead, last: at === list.length - 1, root });
    }
  };
  push(children.get(null) ?? [], '  ', true);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { step, lead, last, root } = next;
    const own = children.get(step.name) ?? [];
    const below = root ? lead : lead + (last ? '   ' : '│  ');
    rows.push({
      step,
      rail: root ? `${lead}● ` : `${lead}${last ? '└─' : '├─'} `,
      under: own.length > 0 ? `${below}│ ` : below,
      edges: edges.filter(edge => edge.to === step.name)
    });
    push(own, below, false);
  }
  return rows;
}

function rowLines({ step, rail, under, edges }: Row, left: number, style: Style, width: number): readonly string[] {
  const name = fit(step.name, Math.max(8, left - columns(rail)));
  const head = style.dim(rail) + style.bold(name) + pad('', left - columns(rail + name));
  const takes = edges.map(
    edge => `${flowsOf(edge.names)}${edge.from === step.needs.at(-1) ? '' : ` from ${edge.from}`}`
  );
  const room = width - left - 2;
  const cells = cellsOf(step);
  const first = takes.length > 0 ? takes.at(-1)! : '';
  const lines = [`${head}  ${style.dim(fit(first === '' ? cells : `${cells}  ${first}`, room))}`];
  for (const more of takes.slice(0, -1)) {
    lines.push(style.dim(pad(under, left + 2) + fit(more, room)));
  }
  return lines;
}

/** What flows, sign by sign: `= X y  ~ df  ▤ out.csv`. */
function flowsOf(flows: readonly Flow[]): string {
  const signs = new Map<string, Set<string>>();
  for (const flow of flows) {
    const sign = flow.possible === true ? '~' : SIGN[flow.kind];
    signs.set(sign, (signs.get(sign) ?? new Set()).add(flow.kind === 'order' ? '' : flow.name));
  }
  return [...signs].map(([sign, names]) => [sign, ...names].join(' ').trim()).join('  ');
}

/** `cell 4`, `cells 4–6, 9`: runs of neighbours are written as one. */
function cellsOf(step: Step): string {
  const indices = step.cells.map(cell => cell.index).sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of indices) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) {
      last[1] = index;
    } else {
      runs.push([index, index]);
    }
  }
  const text = runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
  return `${indices.length === 1 ? 'cell' : 'cells'} ${text}`;
}
