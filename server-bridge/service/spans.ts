/** Parts of a file, as ranges of bytes in order; `to` is the first byte behind. */
import type { FileHandle } from 'node:fs/promises';

export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Spans = readonly Span[];

const BLOCK = 65_536;

export function sizeOf(spans: Spans): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** What is left when the first bytes are taken away, and what is behind `size` bytes. */
export function cut(spans: Spans, skip: number, size: number): Spans {
  const found: Span[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    const start = Math.max(from, from + skip - at);
    const end = Math.min(to, from + skip + size - at);
    if (start < end) found.push({ from: start, to: end });
    at += to - from;
  }
  return found;
}

/** One span for those that touch each other. */
export function joined(spans: Spans): Spans {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last !== undefined && span.from <= last.to)
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else if (span.from < span.to) all.push(span);
  }
  return all;
}

/** The last lines, found from the end: what is before them is not read. A last line without an end counts. */
export async function lastLines(file: FileHandle, spans: Spans, lines: number): Promise<Spans> {
  const size = sizeOf(spans);
  if (lines === 0) return [];
  const block = Buffer.allocUnsafe(BLOCK);
  let ends = 0;
  let behind = size;
  for (const { from, to } of [...spans].reverse()) {
    for (let end = to; end > from; ) {
      const start = Math.max(from, end - BLOCK);
      const { bytesRead } = await file.read(block, 0, end - start, start);
      for (let at = bytesRead - 1; at >= 0; at--) {
        if (block[at] !== 10) continue;
        const place = behind - (end - start) + at;
        if (place === size - 1) continue;
        ends += 1;
        if (ends === lines) return cut(spans, place + 1, size);
      }
      behind -= end - start;
      end = start;
    }
  }
  return spans;
}

/** Their bytes, block by block. A file that has become shorter ends it. */
export async function* bytesOf(file: FileHandle, spans: Spans): AsyncGenerator<Buffer> {
  for (const { from, to } of spans) {
    for (let at = from; at < to; ) {
      const block = Buffer.allocUnsafe(Math.min(4 * BLOCK, to - at));
      const { bytesRead } = await file.read(block, 0, block.length, at);
      if (bytesRead === 0) return;
      yield block.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}
