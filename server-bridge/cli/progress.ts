import { stripVTControlCharacters } from 'node:util';
import type { RunEvent, StepState } from '../runs';
import { messageOf } from './reason-text';
import { columns, fit, pad, type Style } from './terminal';

export interface StepRow {
  readonly name: string;
  readonly state: StepState | null;
  /** The last line that it printed. */
  readonly said: string;
}

const SIGNS = {
  none: '○',
  waiting: '○',
  queued: '○',
  running: '◐',
  succeeded: '✓',
  stale: '⟲',
  failed: '✕',
  refused: '✕',
  cancelled: '✕',
  skipped: '○'
} as const;

/** What a `skipped` step gives as its reason when `--only` or `--from` left it out. */
const NOT_SELECTED = 'not selected';

/** One line for a step: sign, name, state, duration, and what it said last. `now` in seconds since the epoch. */
export function stepLine(row: StepRow, names: number, now: number, style: Style, width: number): string {
  const kind = row.state?.kind ?? 'none';
  const colour = {
    succeeded: style.green,
    failed: style.red,
    refused: style.red,
    running: style.cyan,
    stale: style.yellow
  };
  const mark = (colour as Readonly<Record<string, (text: string) => string>>)[kind] ?? style.dim;
  const most = Math.min(names, Math.max(8, width - 24));
  const name = pad(fit(row.name, most), most);
  const [state, took] = describe(row.state, now);
  const head = `${SIGNS[kind]} ${name}  ${pad(state, 10)} ${took.padStart(8)}`;
  const room = width - columns(head) - 3;
  const tail = room > 8 && row.said !== '' ? style.dim(`  ${fit(row.said, room)}`) : '';
  return mark(head.slice(0, 1)) + (tail === '' ? head.slice(1).trimEnd() : head.slice(1) + tail);
}

function describe(state: StepState | null, now: number): readonly [string, string] {
  switch (state?.kind) {
    case 'running':
      // At the very start a duration says nothing.
      return ['running', now - state.since < 0.05 ? '' : duration(now - state.since)];
    case 'succeeded':
      return state.from === 'run'
        ? ['done', duration(state.took)]
        : [state.from === 'cache' ? 'from cache' : 'earlier', ''];
    case 'failed':
    case 'refused':
      return [state.kind, duration(state.took)];
    case 'skipped':
      return [state.because === NOT_SELECTED ? 'not chosen' : 'skipped', ''];
    case undefined:
      return ['', ''];
    default:
      return [state!.kind, ''];
  }
}

/** A human duration: `12 ms`, `3.4 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.9995) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** The last line that says something; a carriage return begins a line anew, as a progress bar does. */
export function lastLine(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .map(line => line.trim());
  return lines.findLast(line => line !== '') ?? '';
}

/** The plain line for an event that people want to read in a log file; null for the others. */
export function eventLine(
  event: RunEvent,
  row: StepRow | undefined,
  names: number,
  style: Style,
  width: number
): string | null {
  if (event.type === 'step' && row !== undefined && event.state !== 'waiting' && event.state !== 'queued') {
    return stepLine({ ...row, said: reasonOf(event) }, names, event.t, style, width);
  }
  if (event.type === 'plan-changed') {
    return `⟲ ${event.to}: ${event.message}`;
  }
  return event.type === 'note' ? `  ${event.step === undefined ? '' : `${event.step}: `}${event.message}` : null;
}

function reasonOf(event: RunEvent & { type: 'step' }): string {
  switch (event.state) {
    case 'failed':
      return `${event.error.ename}: ${event.error.evalue}`;
    case 'refused':
      return messageOf(event.reason);
    case 'skipped':
      return event.because === NOT_SELECTED ? '' : `because of ${event.because}`;
    case 'running':
      return event.cache?.why.join('; ') ?? '';
    case 'succeeded':
      return event.from === 'run' ? '' : (event.cache?.why.join('; ') ?? '');
    default:
      return '';
  }
}
