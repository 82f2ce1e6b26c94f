import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { ArtifactRef } from '../../runs/event';
import type { Report } from './report';
import { copyPaths, type KeptFiles } from './workcopy';

/** What a finished step left, now or in an earlier run. */
export interface Result {
  /** Names the execution for good: `run/step id/attempt`. */
  readonly execution: string;
  /** Absolute attempt folder: where others find it. */
  readonly folder: string;
  /** Where this run reads it: the attempt folder, or the run's own hold of it (`hold`). */
  readonly at: string;
  readonly report: Report;
}

/** The folder of copies of what a step wrote, and what it removed. */
export function keptFiles(result: Result): KeptFiles {
  const { written, removed } = listedFiles(result.at);
  return { folder: join(result.at, 'files'), written, removed };
}

/** Copies what the step wrote, before a later step can write over it; not `others`, which steps beside it changed. */
export async function keepFiles(result: Result, workdir: string, others: ReadonlySet<string>): Promise<void> {
  const { written, removed } = result.report.files;
  if (written.length === 0 && removed.length === 0) return;
  const own = (uses: typeof written) =>
    uses.map(use => use.path).filter(path => !path.startsWith('/') && !path.startsWith('../') && !others.has(path));
  const copied = await copyPaths(own(written), workdir, join(result.folder, 'files'));
  const sizes = Object.fromEntries(copied.map(path => [path, statSync(join(result.folder, 'files', path)).size]));
  writeListed(result, { written: copied, removed: own(removed), sizes });
}

/** A step beside it turns out to have changed these. */
export function disownFiles(result: Result, others: ReadonlySet<string>): void {
  const { written, removed, sizes } = listedFiles(result.folder);
  const own = (paths: readonly string[]) => paths.filter(path => !others.has(path));
  const kept = { written: own(written), removed: own(removed), sizes };
  if (kept.written.length < written.length || kept.removed.length < removed.length) writeListed(result, kept);
}

/** `files.json`. `sizes`: bytes of the copies, by path; those of an older Cellway have none. */
interface Listed {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly sizes?: Readonly<Record<string, number>>;
}

export function listedFiles(folder: string): Listed {
  const path = join(folder, 'files.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Listed) : { written: [], removed: [] };
}

function writeListed(result: Result, listed: Listed): void {
  writeFileSync(join(result.folder, 'files.json'), JSON.stringify(listed));
}

export function artifactsOf(result: Result): readonly ArtifactRef[] {
  const { report } = result;
  const refs: ArtifactRef[] = report.artifacts.map(({ path, names, bytes }) => ({
    path: join(result.folder, path),
    names,
    bytes,
    kind: 'value'
  }));
  if (report.ambient.artifact !== null) {
    refs.push({
      path: join(result.folder, report.ambient.artifact),
      names: report.ambient.changed.map(change => change.slot),
      bytes: 0,
      kind: 'ambient'
    });
  }
  const kept = keptFiles(result);
  for (const path of kept.written)
    refs.push({ path: join(result.folder, 'files', path), names: [path], bytes: 0, kind: 'file' });
  return refs;
}

/** Where a value is: the step that it comes from, and its artifact's folder. */
export interface Found {
  readonly from: string;
  readonly artifact: string;
}

/**
 * The value that an input has when its step starts. `sources`: the steps that may have bound it, latest first. One that
 * did not bind it lets the older value through; one that was given it and left it unbound has deleted it: null.
 */
export function findValue(
  name: string,
  sources: readonly Step[],
  resultOf: (step: string) => Result | undefined
): Found | null {
  for (const source of sources) {
    const result = resultOf(source.name);
    if (!result) continue;
    const artifact = result.report.artifacts.find(row => row.names.includes(name));
    if (artifact)
      return {
        from: source.name,
        artifact: isAbsolute(artifact.path) ? artifact.path : join(result.at, artifact.path)
      };
    if (result.report.unbound.includes(name) && source.inputs.some(input => input.name === name)) return null;
  }
  return null;
}

/** Folder with the state of `slot` that `from` left: its own, or what it started from itself. */
export function findAmbient(
  slot: string,
  from: string,
  resultOf: (step: string) => Result | undefined,
  loadsOf: (step: string) => ReadonlyMap<string, string> | undefined
): Found | null {
  for (let at: string | undefined = from; at !== undefined; at = loadsOf(at)?.get(slot)) {
    const result = resultOf(at);
    if (!result) return null;
    const { artifact } = result.report.ambient;
    if (artifact === null) continue;
    const folder = join(result.at, artifact);
    if (existsSync(join(folder, `${slot}.pkl`)) || existsSync(join(folder, `${slot}.json`)))
      return { from: at, artifact: folder };
  }
  return null;
}
