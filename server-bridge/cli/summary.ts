import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { paths, type Run, type RunEvent, type StepError } from '../runs';
import type { Reason } from '../runs';
import type { Shown } from './open';
import { duration } from './progress';
import { messageOf } from './reason-text';
import { columns, pad, type Style } from './terminal';

export interface Metric {
  readonly step: string;
  readonly name: string;
  /** A number, or `{"$float": …}`. */
  readonly value: unknown;
}

/** Metrics of a result that was not made in this run, from the report in its folder. */
export function keptMetrics(step: string, folder: string): readonly Metric[] {
  const path = join(folder, 'report.json');
  if (!existsSync(path)) {
    return [];
  }
  const { metrics } = JSON.parse(readFileSync(path, 'utf8')) as { readonly metrics?: readonly Omit<Metric, 'step'>[] };
  return (metrics ?? []).map(({ name, value }) => ({ step, name, value }));
}

/** Files that the steps wrote and that are named; the rest are counted. */
const MOST_FILES = 5;

/** What is printed when a run has ended: why it stopped, its metrics, where its notebook is. */
export function summary(
  run: Run,
  opened: Shown,
  final: RunEvent & { type: 'run' },
  failures: readonly (RunEvent & { type: 'step' })[],
  metrics: readonly Metric[],
  written: readonly string[],
  style: Style
): string {
  const lines: string[] = [''];
  for (const failure of failures) {
    if (failure.state === 'failed') {
      lines.push(...errorLines(failure.step, failure.error, style), '');
    } else if (failure.state === 'refused') {
      lines.push(...reasonLines(`${failure.step} stopped`, failure.reason, style), '');
    }
  }
  if ((final.state === 'failed' || final.state === 'refused') && final.reason !== undefined) {
    const told = failures.some(
      failure => failure.state === 'refused' && failure.reason.message === final.reason!.message
    );
    lines.push(...(told ? [] : [...reasonLines('The run stopped', final.reason, style), '']));
  }
  lines.push(...metricLines(metrics, style));
  const notebook = paths.notebook(run.folder);
  if (existsSync(notebook)) {
    lines.push(`notebook  ${notebook}`);
  }
  if (written.length > 0) {
    const more = written.length > MOST_FILES ? ` and ${written.length - MOST_FILES} more` : '';
    lines.push(`files     ${paths.work(run.folder)}: ${written.slice(0, MOST_FILES).join(', ')}${more}`);
  }
  lines.push(`run       ${run.id}`);
  const took = 'took' in final ? ` in ${duration(final.took)}` : '';
  const mark = final.state === 'succeeded' ? style.green : style.red;
  lines.push(`${mark(final.state)}${took}  ${style.dim(opened.path)}`);
  return `${lines.join('\n')}\n`;
}

export function errorLines(step: string, error: StepError, style: Style): readonly string[] {
  const place =
    error.index === undefined ? '' : `, cell ${error.index}${error.line === undefined ? '' : `, line ${error.line}`}`;
  const title = `${step}${place}: ${error.ename}: ${error.evalue}`;
  const plain = style.red('x') === 'x';
  const traceback = error.traceback.map(line => (plain ? stripVTControlCharacters(line) : line));
  return [style.red(title), ...traceback];
}

export function reasonLines(title: string, reason: Reason, style: Style): readonly string[] {
  const cell =
    reason.cell === undefined
      ? ''
      : ` (cell ${reason.cell}${reason.line === undefined ? '' : `, line ${reason.line}`})`;
  const fix = reason.fix === undefined ? [] : [`  → ${reason.fix}`];
  return [`${style.red(title)}${cell}: ${messageOf(reason)} ${style.dim(`[${reason.code}]`)}`, ...fix];
}

export function metricLines(metrics: readonly Metric[], style: Style): readonly string[] {
  const last = new Map(metrics.map(metric => [`${metric.step}\0${metric.name}`, metric]));
  if (last.size === 0) {
    return [];
  }
  const rows = [...last.values()].map(({ step, name, value }) => [name, numberText(value), step] as const);
  const [names, values] = [0, 1].map(at => Math.max(...rows.map(row => columns(row[at]!))));
  const lines = rows.map(
    ([name, value, step]) => `  ${pad(name, names!)}  ${value.padStart(values!)}  ${style.dim(step)}`
  );
  return ['metrics', ...lines, ''];
}

export function numberText(value: unknown): string {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  }
  const special = typeof value === 'object' && value !== null && '$float' in value ? value.$float : value;
  return String(special);
}
