import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { applyEvent, emptyView, paths, type Run, type RunEvent } from '../runs';
import { eventLine, lastLine, stepLine, type StepRow } from './progress';
import { columns, type Style } from './terminal';

/** Redraws are at most so often, in milliseconds. */
const FRAME = 50;
/** Bytes of the log that are looked at for its last line. */
const TAIL = 2000;

interface Output {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  write(text: string): boolean;
}

/** Shows a run's events: in a terminal a line a step, redrawn in place; elsewhere, or when too many, appended lines. */
export class Screen {
  private view = emptyView;
  private readonly said = new Map<string, string>();
  private readonly ids: ReadonlyMap<string, string>;
  private readonly names: number;
  private drawn = 0;
  private timer: NodeJS.Timeout | null = null;
  private readonly live: boolean;

  constructor(
    private readonly run: Run,
    steps: readonly { readonly name: string; readonly id: string }[],
    private readonly output: Output,
    private readonly style: Style,
    private readonly now: () => number
  ) {
    this.ids = new Map(steps.map(step => [step.name, step.id]));
    this.names = Math.min(32, Math.max(4, ...steps.map(step => columns(step.name))));
    this.live = output.isTTY === true && steps.length + 2 < (output.rows ?? 24);
  }

  take(event: RunEvent): void {
    this.view = applyEvent(this.view, event);
    if (event.type === 'runtime' && event.event.type === 'log') {
      this.hear(event.step, event.attempt, Number(event.event.to));
    }
    const line = this.live && event.type === 'step' ? null : this.plain(event);
    if (line !== null) {
      this.erase();
      this.output.write(`${line}\n`);
    }
    if (this.live) {
      this.timer ??= setTimeout(() => this.draw(), FRAME);
    }
  }

  /** A line of the command's own, above the drawing; false where nothing is drawn. */
  say(text: string): boolean {
    if (!this.live) {
      return false;
    }
    this.erase();
    this.output.write(`${text}\n`);
    this.timer ??= setTimeout(() => this.draw(), FRAME);
    return true;
  }

  /** The last drawing stays; nothing is drawn any more. */
  end(): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
    }
    if (this.live) {
      this.erase();
      this.output.write(this.lines());
    }
  }

  private plain(event: RunEvent): string | null {
    const row = event.type === 'step' ? this.row(event.step) : undefined;
    return eventLine(event, row, this.names, this.style, this.width());
  }

  private draw(): void {
    this.erase();
    this.output.write(this.lines());
    this.drawn = this.ids.size;
    const running = [...this.view.steps.values()].some(state => state.kind === 'running');
    this.timer = running ? setTimeout(() => this.draw(), 10 * FRAME) : null;
    this.timer?.unref();
  }

  private erase(): void {
    if (this.drawn > 0) {
      // From the first column: the terminal itself may have echoed a ^C.
      this.output.write(`\r\x1b[${this.drawn}A\x1b[0J`);
      this.drawn = 0;
    }
  }

  private lines(): string {
    const rows = [...this.ids.keys()].map(name => this.row(name));
    return rows.map(row => `${stepLine(row, this.names, this.now(), this.style, this.width())}\n`).join('');
  }

  private width(): number {
    return this.output.isTTY === true ? (this.output.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  private row(name: string): StepRow {
    const state = this.view.steps.get(name) ?? null;
    const failed = state?.kind === 'failed' ? `${state.error.ename}: ${state.error.evalue}` : null;
    const said = state?.kind === 'refused' ? state.reason.message : (failed ?? this.said.get(name) ?? '');
    return { name, state, said };
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
