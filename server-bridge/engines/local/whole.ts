import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from './report';
import { listedFiles, type Result } from './results';

/** A result that is all there, or what is wrong with it, in words for the user. */
export type Inspected = Result | { readonly damage: string };

export const isWhole = (found: Inspected): found is Result => !('damage' in found);

/**
 * Looks at what an attempt folder holds, by the sizes that were written down with it; contents are not read. Whatever
 * is wrong there is an answer, not an error: files of a data folder are removed by people and broken by disks.
 */
export function inspectResult(folder: string, execution: string): Inspected {
  try {
    const report = readReport(folder);
    if (report === null) return { damage: 'result was removed' };
    if (report.outcome !== 'succeeded') return { damage: `result is of an attempt that ${report.outcome}` };
    const damage =
      report.artifacts.map(({ path }) => valueDamage(folder, path)).find(found => found !== null) ??
      (report.ambient.artifact === null ? null : ambientDamage(folder, report.ambient.artifact)) ??
      filesDamage(folder);
    return damage === null ? { execution, folder, at: folder, report } : { damage };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || error instanceof TypeError)
      return { damage: `result is damaged (${error.message})` };
    if (code === 'ENOENT' || code === 'ENOTDIR') return { damage: 'result was removed' };
    if (code === 'EACCES' || code === 'EIO') return { damage: `result cannot be read (${code})` };
    throw error;
  }
}

/** The result in an attempt folder; null when it, or a part of it, has been removed or damaged. */
export function readResult(folder: string, execution: string): Result | null {
  const found = inspectResult(folder, execution);
  return isWhole(found) ? found : null;
}

function sizeDamage(path: string, name: string, wanted: number | undefined): string | null {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return `a part of its result was removed (${name})`;
  return wanted === undefined || size === wanted
    ? null
    : `its result is damaged (${name} has ${size} of ${wanted} bytes)`;
}

/** docs/contracts.md, section 3. */
function valueDamage(folder: string, part: string): string | null {
  const path = join(folder, part, 'meta.json');
  if (!existsSync(path)) return `a part of its result was removed (${part})`;
  const { data, size } = JSON.parse(readFileSync(path, 'utf8')) as { readonly data?: number; readonly size?: number };
  return (
    sizeDamage(join(folder, part, 'data.pkl'), `${part}/data.pkl`, data) ??
    (size === undefined || size === 0
      ? null
      : sizeDamage(join(folder, part, 'buffers.bin'), `${part}/buffers.bin`, size))
  );
}

function ambientDamage(folder: string, part: string): string | null {
  const path = join(folder, part, 'meta.json');
  if (!existsSync(path)) return `a part of its result was removed (${part})`;
  const { slots } = JSON.parse(readFileSync(path, 'utf8')) as { readonly slots?: readonly string[] };
  const there = readdirSync(join(folder, part));
  for (const slot of slots ?? []) {
    const name = there.find(one => one === `${slot}.pkl` || one === `${slot}.json`);
    if (name === undefined) return `a part of its result was removed (the state of ${slot})`;
    const bytes = readFileSync(join(folder, part, name));
    // No size is written down for these small files. A pickle ends with its STOP, a dot.
    if (name.endsWith('.json')) JSON.parse(bytes.toString('utf8'));
    else if (bytes.at(-1) !== 0x2e) return `its result is damaged (the state of ${slot})`;
  }
  return null;
}

function filesDamage(folder: string): string | null {
  const { written, sizes } = listedFiles(folder);
  return written.map(path => sizeDamage(join(folder, 'files', path), path, sizes?.[path])).find(Boolean) ?? null;
}
