import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { applyEvent, emptyView, paths, type Run, type RunEvent } from '../runs';
import { chosen, counts, rowsOf } from './block';
import { eventLine, lastLine, stepLine, type StepRow } from './progress';
import { columns, fit, type Style } from './terminal';

/** Redraws are at most so often, in milliseconds. */
const FRAME = 50;
/** Bytes of the log that are looked at for its last line. */
const TAIL = 2000;

/** Rows of the terminal that the block leaves: the cursor's, and one for a terminal that has just been echoed to. */
const FREE = 2;
/** With fewer rows than this there is no room for a block. */
const FEW = 5;

interface Output {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): boolean;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/**
 * Shows a run's events: in a terminal that can move its cursor a line a step, redrawn in place, of many steps those that
 * matter now; elsewhere appended lines. At the end all steps are there, whatever was drawn before.
 */
export class Screen {
  private view = emptyView;
  private readonly said = new Map<string, string>();
  /** Why a step runs instead of coming from the cache: told until it prints or ends. */
  private readonly why = new Map<string, string>();
  private readonly ids: ReadonlyMap<string, string>;
  private readonly names: number;
  /** Columns of each line of the block as it stands. */
  private drawn: readonly number[] = [];
  private timer: NodeJS.Timeout | null = null;
  /** The timer only moves the durations on: what happens meanwhile is drawn sooner. */
  private tick = false;
  private readonly live: boolean;

  constructor(
    private readonly run: Run,
    steps: readonly { readonly name: string; readonly id: string }[],
    private readonly output: Output,
    private readonly style: Style,
    private readonly now: () => number,
    env: NodeJS.ProcessEnv = process.env
  ) {
    this.ids = new Map(steps.map(step => [step.name, step.id]));
    this.names = Math.min(32, Math.max(4, ...steps.map(step => columns(step.name))));
    this.live = output.isTTY === true && env.TERM !== 'dumb' && (output.rows ?? 24) >= FEW;
    if (this.live) {
      output.on?.('resize', this.resized);
    }
  }

  take(event: RunEvent): void {
    this.view = applyEvent(this.view, event);
    if (event.type === 'step' && event.state === 'running' && event.cache !== undefined) {
      this.why.set(event.step, event.cache.why.join('; '));
    }
    if (event.type === 'runtime' && event.event.type === 'log') {
      this.hear(event.step, event.attempt, Number(event.event.to));
    }
    const line = this.live && event.type === 'step' ? null : this.plain(event);
    if (line !== null) {
      this.output.write(`${this.erasure()}${line}\n`);
    }
    if (this.live) {
      this.soon();
    }
  }

  /** A line of the command's own, above the drawing; false where nothing is drawn. */
  say(text: string): boolean {
    if (!this.live) {
      return false;
    }
    this.output.write(`${this.erasure()}${text}\n`);
    this.soon();
    return true;
  }

  /** All steps are written once more, and stay; nothing is drawn any more. */
  end(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
    }
    this.output.off?.('resize', this.resized);
    if (this.live) {
      const lines = [...this.ids.keys()].map(name => this.line(this.row(name)));
      this.output.write(`${this.erasure()}${lines.map(line => `${line}\n`).join('')}`);
    }
  }

  private plain(event: RunEvent): string | null {
    const row = event.type === 'step' ? this.row(event.step) : undefined;
    return eventLine(event, row, this.names, this.style, this.width());
  }

  /** A terminal that became narrower has broken the lines that no longer fit: `erasure` counts its rows. */
  private readonly resized = (): void => this.soon();

  private soon(): void {
    if (this.timer !== null && this.tick) {
      clearTimeout(this.timer);
      this.timer = null;
    }
    this.tick = false;
    this.timer ??= setTimeout(() => this.draw(), FRAME);
  }

  /** In one write, so that no terminal shows the moment between the old block and the new one. */
  private draw(): void {
    const before = this.erasure();
    const lines = this.block();
    this.output.write(`${before}${lines.map(line => `${line}\n`).join('')}`);
    this.drawn = lines.map(line => columns(stripVTControlCharacters(line)));
    const running = [...this.view.steps.values()].some(state => state.kind === 'running');
    this.tick = running;
    this.timer = running ? setTimeout(() => this.draw(), 10 * FRAME) : null;
    this.timer?.unref();
  }

  /** What takes the block away; it counts as gone. */
  private erasure(): string {
    if (this.drawn.length === 0) {
      return '';
    }
    const rows = rowsOf(this.drawn, this.width());
    this.drawn = [];
    // From the first column: the terminal itself may have echoed a ^C.
    return `\r\x1b[${rows}A\x1b[0J`;
  }

  private block(): readonly string[] {
    const names = [...this.ids.keys()];
    const states = names.map(name => this.view.steps.get(name) ?? null);
    const shown = chosen(states, Math.max(1, (this.output.rows ?? 24) - FREE));
    const lines = shown.map(at => this.line(this.row(names[at]!)));
    return shown.length === names.length ? lines : [...lines, this.style.dim(fit(counts(states), this.width() - 1))];
  }

  private line(row: StepRow): string {
    return stepLine(row, this.names, this.now(), this.style, this.width());
  }

  private width(): number {
    return this.output.isTTY === true ? (this.output.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  private row(name: string): StepRow {
    const state = this.view.steps.get(name) ?? null;
    const failed = state?.kind === 'failed' ? `${state.error.ename}: ${state.error.evalue}` : null;
    const why = state?.kind === 'running' ? this.why.get(name) : undefined;
    const said = failed ?? this.said.get(name) ?? why ?? '';
    return { name, state, said: state?.kind === 'refused' ? state.reason.message : said };
  }

  private hear(step: string, attempt: number, end: number): void {
    const path = join(paths.attempt(this.run.folder, this.ids.get(step) ?? step, attempt), 'log.txt');
    if (!this.live || !existsSync(path)) {
      return;
    }
    const file = openSync(path, 'r');
    try {
      const start = Math.max(0, end - TAIL);
      const buffer = Buffer.alloc(end - start);
      const length = readSync(file, buffer, 0, buffer.length, start);
      this.said.set(step, lastLine(buffer.toString('utf8', 0, length)));
    } finally {
      closeSync(file);
    }
  }
}
