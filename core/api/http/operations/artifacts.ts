/** Artifacts: what steps left, how it is had, who made and who took it. */
import { Type } from 'typebox';
import { Artifact, ArtifactId, ArtifactKind, ArtifactPage, Lineage } from '../../artifacts';
import { CONTENT_TYPES } from '../../media';
import { type Answer, type Operation, page, params, query, ranged, run, unlessChanged } from './shape';

const artifact = { artifact: ArtifactId };

/** Never shown by a browser as a page of the bridge's. */
const CONTENT = {
  description: 'The bytes, as an attachment.',
  type: CONTENT_TYPES,
  headers: {
    ETag: 'Names these bytes.',
    'Content-Disposition': "`attachment`, with the file's name.",
    'Accept-Ranges': '`bytes` where a range can be asked for.'
  }
} as const satisfies Answer;

export const artifacts = {
  listArtifacts: {
    method: 'GET',
    path: '/runs/{run}/artifacts',
    summary: "A run's artifacts, in the order in which steps ended",
    tag: 'artifacts',
    params: params(run),
    query: query({
      ...page,
      step: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Only of the step of this name.' })),
      kind: Type.Optional(ArtifactKind)
    }),
    answers: { 200: { description: 'A page of artifacts.', schema: ArtifactPage } },
    problems: [404]
  },
  getArtifact: {
    method: 'GET',
    path: '/artifacts/{artifact}',
    summary: 'An artifact: its members, and what its step saw of it',
    tag: 'artifacts',
    params: params(artifact),
    query: query({}),
    ...unlessChanged,
    answers: { 200: { description: 'The artifact.', schema: Artifact } },
    problems: [404]
  },
  artifactContent: {
    method: 'GET',
    path: '/artifacts/{artifact}/content',
    summary: 'Its content: a file as it is; a value by member, or all members as one tar',
    tag: 'artifacts',
    params: params(artifact),
    query: query({
      member: Type.Optional(
        Type.String({ minLength: 1, maxLength: 300, description: 'One of `members`; absent: all as a tar.' })
      )
    }),
    ...ranged,
    answers: { 200: CONTENT, 206: { ...CONTENT, description: 'The range that was asked for.' } },
    problems: [404, 416]
  },
  artifactLineage: {
    method: 'GET',
    path: '/artifacts/{artifact}/lineage',
    summary: 'Who made it and from what, and which steps of which runs took it',
    tag: 'artifacts',
    params: params(artifact),
    query: query(page),
    answers: { 200: { description: 'A page of it; `limit` is of runs.', schema: Lineage } },
    problems: [404]
  }
} as const satisfies Readonly<Record<string, Operation>>;
