import type { Flow, Json, Pipeline, Step } from '@cellway/core/api';
import { type Rail, rails } from './rails';
import { tally } from './tally';
import { columns, fit, pad, type Style } from './terminal';

const SIGN = { value: '', file: '▤ ', ambient: '◇ ', order: '→ ' } as const;

/** A step that hands ambient state to at least so many steps is told once, not at each of them. */
const WIDELY = 5;
/** Lines for what one step takes. */
const MOST_LINES = 4;

/**
 * The pipeline, a step a line in notebook order, with rails from step to step, the step's cells and what it takes from
 * whom. Pure; one string a line.
 */
export function tree(pipeline: Pipeline, style: Style, width: number): readonly string[] {
  const about = fit(headline(pipeline), width - 12);
  const lines = [`${style.bold(fit(pipeline.name, width - columns(about) - 2))}  ${style.dim(about)}`];
  if (pipeline.parameters.length > 0) {
    lines.push('', ...parameterLines(pipeline, style, width));
  }
  const wide = widelyTaken(pipeline);
  const told = new Set(wide.map(({ from }) => from));
  const table = [
    ...pipeline.setup.map(step => ({ step, rail: { rail: '', under: '' } })),
    ...withRails(pipeline, width)
  ];
  const names = Math.min(
    nameColumns(width),
    Math.max(0, ...table.map(({ step, rail }) => columns(rail.rail + step.name)))
  );
  const cells = Math.min(20, Math.floor(width / 4), Math.max(0, ...table.map(({ step }) => columns(cellsOf(step)))));
  if (table.length > 0) {
    lines.push('');
  }
  for (const { step, rail } of table) {
    const name = fit(step.name, Math.max(8, names - columns(rail.rail)));
    const head = style.dim(rail.rail) + (step.kind === 'setup' ? style.dim(name) : style.bold(name));
    const gap = pad('', names - columns(rail.rail + name));
    const takes = takesOf(pipeline, step, told, width - names - cells - 6);
    const [first = '', ...more] = takes;
    const place = fit(cellsOf(step), cells);
    lines.push(`  ${head}${gap}  ${style.dim(`${pad(place, cells)}  ${first}`.trimEnd())}`.trimEnd());
    lines.push(...more.map(text => style.dim(`  ${pad(fit(rail.under, names), names + cells + 4)}${text}`)));
  }
  if (wide.length > 0) {
    lines.push('', ...wide.map(({ text }) => style.dim(`  ${fit(text, width - 2)}`)));
  }
  const seen = pipeline.diagnostics.filter(({ code }) => code === 'seen-before').map(({ range }) => range!.cell);
  if (seen.length > 0) {
    const cells = seen.length === 1 ? 'cell' : 'cells';
    lines.push('', style.dim(`  Known from earlier runs, not from the text: what ${cells} ${seen.join(', ')} did.`));
  }
  const found = tally(pipeline.diagnostics);
  if (found !== null) {
    const wrong = pipeline.diagnostics.some(diagnostic => diagnostic.severity === 'error');
    lines.push('', (wrong ? style.red : style.yellow)(`${found}: cellway check shows more.`));
  }
  return lines;
}

/** For rails and name together. */
function nameColumns(width: number): number {
  return Math.floor(width * 0.45);
}

function headline({ steps, notebook }: Pipeline): string {
  const how = { tags: 'by tags', proposed: 'proposed: the notebook names no steps', 'each-cell': 'each cell a step' };
  return `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${how[notebook.split]}`;
}

function parameterLines({ parameters }: Pipeline, style: Style, width: number): readonly string[] {
  const names = Math.min(24, Math.max(...parameters.map(({ name }) => columns(name))));
  return parameters.map(({ name, type, default: value, description }) => {
    const about = description === undefined ? '' : `  # ${description}`;
    const shown = fit(name, names);
    return `  ${style.cyan(shown)}${pad('', names - columns(shown))}  ${style.dim(
      fit(`${pad(type, 5)} ${pythonText(value)}${about}`, width - names - 4)
    )}`;
  });
}

/** A JSON value of the API as Python writes it. */
export function pythonText(value: Json): string {
  if (value === null || typeof value === 'boolean') {
    return value === null ? 'None' : value ? 'True' : 'False';
  }
  if (typeof value !== 'object') {
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(pythonText).join(', ')}]`;
  }
  const fields = Object.entries(value as Readonly<Record<string, Json>>);
  if (fields.length === 1 && fields[0]![0] === '$float') {
    return String(fields[0]![1]);
  }
  return `{${fields.map(([key, item]) => `${JSON.stringify(key)}: ${pythonText(item)}`).join(', ')}}`;
}

function withRails({ steps }: Pipeline, width: number): readonly { readonly step: Step; readonly rail: Rail }[] {
  // Where too many branches lie side by side, what each takes from whom says it better.
  const drawn = rails(steps, Math.floor((nameColumns(width) - 8) / 2));
  return steps.map((step, at) => ({ step, rail: drawn?.[at] ?? { rail: '● ', under: '  ' } }));
}

/** Steps whose ambient state (a seed, options, the environment) many later steps start from. */
function widelyTaken({ edges, steps }: Pipeline): readonly { readonly from: string; readonly text: string }[] {
  const takers = new Map<string, Set<string>>();
  const slots = new Map<string, Set<string>>();
  for (const { from, to, names } of edges) {
    const ambient = names.filter(flow => flow.kind === 'ambient').map(flow => flow.name);
    if (ambient.length > 0) {
      takers.set(from, (takers.get(from) ?? new Set()).add(to));
      slots.set(from, new Set([...(slots.get(from) ?? []), ...ambient]));
    }
  }
  return steps.flatMap(({ name }) => {
    const { size } = takers.get(name) ?? new Set();
    return size < WIDELY
      ? []
      : [{ from: name, text: `◇ ${[...slots.get(name)!].join(' ')} (${name}) → ${size} later steps` }];
  });
}

/** Less room says nothing. */
const LITTLE = 12;

/** What a step takes, lines of at most `room` columns: `X y (split)  ▤ out.csv (save)`. Setup is not named. */
function takesOf({ edges }: Pipeline, step: Step, told: ReadonlySet<string>, room: number): readonly string[] {
  if (room < LITTLE) {
    return [];
  }
  const groups = edges
    .filter(edge => edge.to === step.name)
    .map(edge => ({ from: edge.from, text: flowsOf(edge.names.filter(flow => !hidden(flow, told.has(edge.from)))) }))
    .filter(({ text }) => text !== '')
    .map(({ from, text }) => {
      const source = ` (${fit(from, Math.min(24, Math.floor(room / 2) - 3))})`;
      return `${fit(text, room - columns(source))}${source}`;
    });
  const lines: string[] = [];
  for (const group of groups) {
    const joined = lines.length === 0 ? group : `${lines.at(-1)}  ${group}`;
    if (lines.length > 0 && columns(joined) <= room) {
      lines[lines.length - 1] = joined;
    } else {
      lines.push(group);
    }
  }
  const rest = lines.length - MOST_LINES;
  return rest > 0 ? [...lines.slice(0, MOST_LINES), '…'] : lines;
}

function hidden(flow: Flow, told: boolean): boolean {
  return flow.kind === 'ambient' && told;
}

function flowsOf(flows: readonly Flow[]): string {
  const signs = new Map<string, Set<string>>();
  for (const flow of flows) {
    const sign = flow.possible === true ? '~ ' : SIGN[flow.kind];
    signs.set(sign, (signs.get(sign) ?? new Set()).add(flow.kind === 'order' ? '' : flow.name));
  }
  return [...signs].map(([sign, names]) => `${sign}${[...names].join(' ')}`.trim()).join('  ');
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
