import { columns, pad } from './terminal';

/** Rows of texts under each other; the last column is as wide as it is. Columns that are empty everywhere are left out. */
export function table(rows: readonly (readonly string[])[]): string {
  const count = Math.max(0, ...rows.map(row => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map(row => columns(row[at] ?? ''))));
  const shown = widths.flatMap((width, at) => (width > 0 ? [at] : []));
  return rows
    .map(
      row =>
        `${shown
          .map((at, n) => (n === shown.length - 1 ? row[at]! : pad(row[at]!, widths[at]!)))
          .join('  ')
          .trimEnd()}\n`
    )
    .join('');
}

/** `just now`, `5 min ago`, `14:30` of today, else the day. Both in seconds since the epoch. */
export function when(time: number, now: number = Date.now() / 1000): string {
  const ago = now - time;
  if (ago < 60) return 'just now';
  if (ago < 3600) return `${Math.floor(ago / 60)} min ago`;
  const date = new Date(time * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const today = new Date(now * 1000).toDateString() === date.toDateString();
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return today ? clock : `${day} ${clock}`;
}

export const MARKS: Readonly<Record<string, string>> = {
  created: '◌',
  started: '◐',
  pending: '◌',
  waiting: '◌',
  queued: '◌',
  running: '◐',
  succeeded: '✓',
  failed: '✗',
  refused: '⊘',
  cancelled: '⊝',
  skipped: '·',
  stale: '⟲'
};
