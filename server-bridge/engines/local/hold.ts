import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errno } from '../../runs/errno';
import { paths } from '../../runs/folder';
import { noteHeld } from '../../runs/held';
import type { Result } from './results';
import { type Inspected, inspectResult, isWhole, readResult } from './whole';

/** File systems without hard links say one of these. */
const CANNOT: ReadonlySet<string> = new Set(['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);

/**
 * Holds a result of an earlier run for as long as this one lasts, by hard links in the run's own folder: whoever removes
 * the original from now on takes nothing away from the steps that still have to read it. What is not whole is told
 * instead. Where there are no hard links, the original itself is read. Noted first, so that the bridge spares the
 * original: the run shows it when it has ended.
 */
export async function hold(result: Result, run: string, stepId: string): Promise<Inspected> {
  const at = join(paths.held(run), stepId);
  try {
    // A supervisor that was killed may have got so far.
    await rm(at, { recursive: true, force: true });
    noteHeld(run, stepId, result.folder);
    await linkAll(result.folder, at);
  } catch (error) {
    const code = errno(error) ?? '';
    if (code === 'ENOENT') return { damage: 'result was removed' };
    if (CANNOT.has(code)) return result;
    throw error;
  }
  // Judged again by what is held: a part may have gone between the look and the link.
  const held = inspectResult(at, result.execution);
  return isWhole(held) ? { ...held, folder: result.folder } : held;
}

/** What the run holds already of a result that is kept in `folder`, else the result there; null when both are gone. */
export function heldResult(run: string, stepId: string, folder: string, execution: string): Result | null {
  const held = inspectResult(join(paths.held(run), stepId), execution);
  return isWhole(held) ? { ...held, folder } : readResult(folder, execution);
}

async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(entry => {
      const [source, target] = [join(from, entry.name), join(to, entry.name)];
      return entry.isDirectory() ? linkAll(source, target) : entry.isFile() ? link(source, target) : undefined;
    })
  );
}
