import { createHash } from 'node:crypto';
import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Artifact, ArtifactSummary, Json, Lineage, RunArtifact, Use } from '@cellway/core/api';
import { BYTES, mediaTypeOf, TAR } from '@cellway/core/api/http';
import { readReport } from '../engines/local/report';
import type { ArtifactRow, Owner, RunRow } from '../store';
import { triedSteps } from './attempts';
import type { Bridge } from './bridge';

/** Where an artifact is; the id says the same, and both hold for good. */
interface Place {
  readonly run: string;
  /** Id of the step. */
  readonly step: string;
  readonly attempt: number;
  /** Within the attempt's folder: `outputs/1`, `files/data/out.csv`. */
  readonly path: string;
}

const keyOf = (path: string): string =>
  path.startsWith('outputs/')
    ? path.slice('outputs/'.length)
    : `f-${createHash('sha256').update(path.slice('files/'.length)).digest('hex').slice(0, 20)}`;

const idOf = ({ run, step, attempt, path }: Place): string => `${run}.${step}.${attempt}.${keyOf(path)}`;

/** The place that an absolute path means; null of one that is not in an attempt's folder: such a row is not shown. */
function placeOf(data: string, path: string): Place | null {
  const inside = relative(join(data, 'runs'), resolve(path)).split(sep);
  const [run, steps, step, attempt, kind, ...rest] = inside;
  const number = /^attempt-(\d{1,6})$/.exec(attempt ?? '')?.[1];
  if (steps !== 'steps' || number === undefined || rest.length === 0) return null;
  if (!/^r-[0-9a-z-]{1,40}$/.test(run!) || !/^[0-9a-z-]{1,80}$/.test(step!)) return null;
  const fits = kind === 'files' || (kind === 'outputs' && rest.length === 1 && /^[0-9a-z-]{1,80}$/.test(rest[0]!));
  return fits ? { run: run!, step: step!, attempt: Number(number), path: [kind, ...rest].join('/') } : null;
}

/** The id of the artifact at an absolute path. */
function idAt(bridge: Bridge, path: string): string | null {
  const place = placeOf(bridge.data, path);
  return place === null ? null : idOf(place);
}

/** An artifact that its owner may see. */
export interface FoundArtifact {
  readonly id: string;
  readonly place: Place;
  readonly row: ArtifactRow;
  /** The attempt's folder. */
  readonly folder: string;
}

export async function findArtifact(bridge: Bridge, owner: Owner, id: string): Promise<FoundArtifact | null> {
  const [run, step, attempt, key] = id.split('.') as [string, string, string, string];
  const folder = join(bridge.data, 'runs', run, 'steps', step, `attempt-${Number(attempt)}`);
  const path = key.startsWith('f-') ? await fileOf(folder, key) : `outputs/${key}`;
  if (path === null) return null;
  const row = bridge.store.lists.artifactAt(owner, join(folder, path));
  return row === null ? null : { id, place: { run, step, attempt: Number(attempt), path }, row, folder };
}

/** The file of an attempt that a key stands for. */
async function fileOf(folder: string, key: string): Promise<string | null> {
  const list = join(folder, 'files.json');
  const listed = existsSync(list)
    ? (JSON.parse(await readFile(list, 'utf8')) as { readonly written: readonly string[] }).written
    : [];
  const path = listed.find(name => keyOf(`files/${name}`) === key);
  return path === undefined ? null : `files/${path}`;
}

/** The file or folder if it is really there and really inside: links made by a step's code lead nowhere. */
function real(folder: string, path: string): { readonly path: string; readonly stat: Stats } | null {
  const whole = join(folder, path);
  if (!existsSync(whole)) return null;
  const found = realpathSync(whole);
  return found.startsWith(realpathSync(folder) + sep) ? { path: found, stat: statSync(found) } : null;
}

async function membersOf({ folder, place }: FoundArtifact): Promise<readonly { name: string; bytes: number }[]> {
  if (place.path.startsWith('files/')) return [];
  const top = real(folder, place.path);
  if (!top?.stat.isDirectory()) return [];
  const members = [];
  for (const name of (await readdir(top.path)).sort()) {
    const member = real(top.path, name);
    if (member?.stat.isFile()) members.push({ name, bytes: member.stat.size });
  }
  return members;
}

function summary(found: {
  readonly id: string;
  readonly place: Place;
  readonly row: ArtifactRow;
  readonly bytes: number;
}): ArtifactSummary {
  const { run, step, attempt } = found.place;
  const { kind, names } = found.row;
  return {
    id: found.id,
    kind: kind as ArtifactSummary['kind'],
    names,
    bytes: found.bytes,
    made: { run, step, attempt }
  };
}

/** Events give no size of a file; the disk knows it. */
function sizeOf(row: ArtifactRow): number {
  return row.kind === 'file' && existsSync(row.path) ? statSync(row.path).size : row.bytes;
}

export function artifactsOfRun(
  bridge: Bridge,
  row: RunRow,
  asked: { readonly step?: string; readonly kind?: string; readonly after: number; readonly limit: number }
): { readonly items: readonly RunArtifact[]; readonly next: number | null } {
  const rows = bridge.store.lists.artifacts(row.id, { ...asked, limit: asked.limit + 1 });
  const items: RunArtifact[] = [];
  for (const one of rows.slice(0, asked.limit)) {
    const place = placeOf(bridge.data, one.path);
    if (place === null) continue;
    const shown = summary({ id: idOf(place), place, row: one, bytes: sizeOf(one) });
    items.push({ ...shown, run: row.id, step: one.step });
  }
  return { items, next: rows.length > asked.limit ? rows[asked.limit - 1]!.place : null };
}

export async function describeArtifact(found: FoundArtifact): Promise<Artifact> {
  const members = await membersOf(found);
  const file = found.row.kind === 'file';
  const path = join(found.folder, found.place.path, 'meta.json');
  const meta = members.some(member => member.name === 'meta.json')
    ? (JSON.parse(await readFile(path, 'utf8')) as {
        readonly names?: Readonly<Record<string, Json>>;
        readonly codec?: string;
        readonly python?: string;
      })
    : {};
  return {
    ...summary({ ...found, bytes: sizeOf(found.row) }),
    mediaType: file ? mediaTypeOf(found.place.path) : TAR,
    members,
    values: meta.names ?? {},
    codec: meta.codec ?? null,
    python: meta.python ?? null
  };
}

/** What is served of an artifact. */
export type Content =
  | { readonly kind: 'file'; readonly path: string; readonly stat: Stats; readonly name: string; readonly type: string }
  | {
      readonly kind: 'folder';
      readonly path: string;
      readonly name: string;
      readonly members: readonly { name: string; bytes: number }[];
    };

/** Null when there is no such member, or the bytes are gone. */
export async function contentOf(found: FoundArtifact, member: string | undefined): Promise<Content | null> {
  const { folder, place, id } = found;
  if (place.path.startsWith('files/')) {
    const file = member === undefined ? real(folder, place.path) : null;
    if (!file?.stat.isFile()) return null;
    return { kind: 'file', ...file, name: basename(place.path), type: mediaTypeOf(place.path) };
  }
  const members = await membersOf(found);
  if (members.length === 0) return null;
  const top = join(folder, place.path);
  if (member === undefined) return { kind: 'folder', path: top, name: `${id}.tar`, members };
  const file = members.some(one => one.name === member) ? real(top, member) : null;
  return file === null
    ? null
    : { kind: 'file', ...file, name: `${id}.${member}`, type: member.endsWith('.json') ? mediaTypeOf(member) : BYTES };
}

interface StepFile {
  readonly inputs?: readonly { readonly artifact: string; readonly names: readonly string[] }[];
  readonly ambient?: { readonly load?: readonly { readonly slot: string; readonly artifact: string }[] };
}

/** What an attempt took: absolute paths of artifacts, and the names that it took of each. */
async function takenBy(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const path = join(folder, 'step.json');
  if (!existsSync(path)) return new Map();
  const { inputs = [], ambient } = JSON.parse(await readFile(path, 'utf8')) as StepFile;
  const taken = new Map<string, readonly string[]>();
  const add = (artifact: string, names: readonly string[]): void => {
    const whole = resolve(folder, artifact);
    taken.set(whole, [...(taken.get(whole) ?? []), ...names]);
  };
  for (const { artifact, names } of inputs) add(artifact, names);
  for (const { artifact, slot } of ambient?.load ?? []) add(artifact, [slot]);
  return taken;
}

/** Paths of files that an attempt read, as the report has them. */
function filesReadIn(folder: string): readonly string[] {
  return readReport(folder)?.files.read.map(use => use.path) ?? [];
}

/** Who made an artifact and of what; which steps took it, run by run, newest first. `limit` is of runs. */
export async function lineageOf(
  bridge: Bridge,
  owner: Owner,
  found: FoundArtifact,
  { before, limit }: { readonly before: string | null; readonly limit: number }
): Promise<Omit<Lineage, 'next'> & { readonly next: string | null }> {
  const path = join(found.folder, found.place.path);
  const runs = bridge.store.lists.runsWith(owner, path, before, limit + 1);
  const used: Use[] = [];
  for (const run of runs.slice(0, limit)) used.push(...(await usesIn(bridge, owner, run, found, path)));
  const { run, step, attempt } = found.place;
  return {
    made: { run, step, attempt },
    from: await sourcesOf(bridge, owner, found),
    used,
    next: runs.length > limit ? runs[limit - 1]! : null
  };
}

async function usesIn(
  bridge: Bridge,
  owner: Owner,
  id: string,
  found: FoundArtifact,
  path: string
): Promise<readonly Use[]> {
  const row = bridge.row(owner, id);
  if (row === null) return [];
  const attemptsOf = triedSteps(bridge, row);
  const uses: Use[] = [];
  for (const node of bridge.outlines.of(row).nodes) {
    for (const { attempt, folder } of attemptsOf(node)) {
      if (folder === found.folder) continue;
      const names =
        found.row.kind === 'file'
          ? filesReadIn(folder).filter(name => found.row.names.includes(name))
          : ((await takenBy(folder)).get(path) ?? []);
      if (names.length > 0)
        uses.push({ run: id, step: node.name, attempt: attempt.attempt, names: [...new Set(names)] });
    }
  }
  return uses;
}

/** Artifacts that the attempt which made it took: values and ambient state, and files that steps of its run wrote. */
async function sourcesOf(bridge: Bridge, owner: Owner, found: FoundArtifact): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const path of (await takenBy(found.folder)).keys()) {
    const id = bridge.store.lists.artifactAt(owner, path) === null ? null : idAt(bridge, path);
    if (id !== null) ids.add(id);
  }
  const read = new Set(filesReadIn(found.folder));
  const files =
    read.size === 0 ? [] : bridge.store.lists.artifacts(found.place.run, { kind: 'file', after: 0, limit: 10_000 });
  for (const file of files) {
    const id = file.names.some(name => read.has(name)) ? idAt(bridge, file.path) : null;
    if (id !== null && !file.path.startsWith(found.folder + sep)) ids.add(id);
  }
  return [...ids];
}
