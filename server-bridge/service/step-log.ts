import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRow } from '../store';
import { logPath, type Tried } from './attempts';
import type { Bridge } from './bridge';
import { linesWith } from './lines';
import { bytesOf, cut, joined, lastLines, type Span, type Spans, sizeOf } from './spans';

export interface LogPart {
  /** Only this cell's. */
  readonly cell?: string;
  /** Only from this byte on. */
  readonly from?: number;
  /** Only so many last lines. */
  readonly tail?: number;
}

/** An attempt's log, opened. Whoever has one closes it. */
export class StepLog {
  private constructor(
    private readonly file: FileHandle | null,
    readonly spans: Spans,
    /** Where the whole log ended when it was opened. */
    readonly end: number
  ) {}

  static async open({ folder }: Tried, { cell, from = 0, tail }: LogPart): Promise<StepLog> {
    const path = logPath(folder);
    if (!existsSync(path)) return new StepLog(null, [], 0);
    const file = await open(path, 'r');
    const { size } = await file.stat();
    const whole: Spans = [{ from: Math.min(from, size), to: size }];
    const chosen = cell === undefined ? whole : await cellSpans(folder, cell, whole[0]!);
    return new StepLog(file, tail === undefined ? chosen : await lastLines(file, chosen, tail), size);
  }

  get size(): number {
    return sizeOf(this.spans);
  }

  /** Where in the whole log it begins. */
  get begin(): number {
    return this.spans[0]?.from ?? 0;
  }

  async *read(skip = 0, size = this.size): AsyncGenerator<Buffer> {
    if (this.file !== null) yield* bytesOf(this.file, cut(this.spans, skip, size));
  }

  async close(): Promise<void> {
    await this.file?.close();
  }
}

/** What a cell wrote, by the attempt's `log` events. */
async function cellSpans(folder: string, cell: string, within: Span): Promise<Spans> {
  const spans: Span[] = [];
  for await (const event of linesWith(join(folder, 'events.jsonl'), '"log"')) {
    if (event.type !== 'log' || event.cell !== cell) continue;
    const { from, to } = event as { readonly from: number; readonly to: number };
    spans.push({ from: Math.max(from, within.from), to: Math.min(to, within.to) });
  }
  return joined(spans.sort((a, b) => a.from - b.from));
}

/** The log from a part on, and what is written until the attempt has ended or the signal is given. */
export async function* followLog(
  { intake }: Pick<Bridge, 'intake'>,
  row: RunRow,
  { attempt, folder }: Tried,
  begin: Spans,
  signal: AbortSignal
): AsyncGenerator<Buffer> {
  // The store may know of the attempt before this process has read of it.
  intake.catchUp(row.id);
  let at = begin[0]?.from ?? 0;
  let file: FileHandle | null = null;
  try {
    for (;;) {
      // In this order: what is written or told meanwhile is seen the next time.
      const view = intake.view(row.id);
      const state = view?.steps.get(attempt.step);
      const last = state?.kind !== 'running' || state.attempt !== attempt.attempt;
      if (file === null && existsSync(logPath(folder))) file = await open(logPath(folder), 'r');
      if (file !== null) {
        const { size } = await file.stat();
        for await (const block of bytesOf(file, [{ from: at, to: size }])) {
          yield block;
          at += block.length;
        }
      }
      if (last || signal.aborted) return;
      await intake.changed(row.id, view, signal);
      if (signal.aborted) return;
    }
  } finally {
    await file?.close();
  }
}
