/** Artifacts, as the API shows them. */
import { Type } from 'typebox';
import { RunId } from './resources';
import { Json, orNull, type ValueOf, words } from './schema';

export const ArtifactId = Type.String({
  pattern: '^r-[0-9a-z-]{1,40}\\.[0-9a-z-]{1,80}\\.[0-9]{1,6}\\.[0-9a-z-]{1,80}$',
  description: 'Global id: the run, step and attempt that made it, and which of theirs it is. Never changes.'
});

export const ArtifactKind = words('value', 'file', 'ambient');

/** Who made it. `step` is the step's id. */
export const Maker = Type.Object({ run: RunId, step: Type.String(), attempt: Type.Integer() });

export const ArtifactSummary = Type.Object({
  id: ArtifactId,
  kind: ArtifactKind,
  /** Variables of a value, the path of a file, slots of ambient state. */
  names: Type.Array(Type.String()),
  bytes: Type.Integer({ minimum: 0 }),
  made: Maker
});
export type ArtifactSummary = ValueOf<typeof ArtifactSummary>;

/** An artifact as a run has it: made there, or taken from an earlier one. `step` is the step's name in that run. */
export const RunArtifact = Type.Object({ ...ArtifactSummary.properties, run: RunId, step: Type.String() });
export type RunArtifact = ValueOf<typeof RunArtifact>;

export const ArtifactPage = Type.Object({ items: Type.Array(RunArtifact), next: orNull(Type.String()) });

export const Member = Type.Object({ name: Type.String(), bytes: Type.Integer({ minimum: 0 }) });

export const Artifact = Type.Object({
  ...ArtifactSummary.properties,
  /** Of the content as it is served whole. */
  mediaType: Type.String(),
  /** Files of a value's or ambient state's folder; of a file none. */
  members: Type.Array(Member),
  /** Of a value: by name what its step saw of it (type, module, size, shape, head). Nobody unpickles for it. */
  values: Type.Record(Type.String(), Json),
  /** Of a value: how it is written (`pickle5`), and by which Python. */
  codec: orNull(Type.String()),
  python: orNull(Type.String())
});
export type Artifact = ValueOf<typeof Artifact>;

/** A step of a run that took an artifact. */
export const Use = Type.Object({
  run: RunId,
  step: Type.String(),
  attempt: Type.Integer(),
  names: Type.Array(Type.String())
});
export type Use = ValueOf<typeof Use>;

export const Lineage = Type.Object({
  made: Maker,
  /** What the step that made it took. */
  from: Type.Array(ArtifactId),
  /** Runs that have it, newest first, with their steps that took it. */
  used: Type.Array(Use),
  next: orNull(Type.String())
});
export type Lineage = ValueOf<typeof Lineage>;
