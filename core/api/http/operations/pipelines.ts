/** What notebooks mean. */
import { Type } from 'typebox';
import { Pipeline } from '../../pipeline';
import { closed, Json } from '../../schema';
import { NotebookSource } from '../../resources';
import { type Operation, query } from './shape';

const Context = Type.Object(
  {
    python: Type.Optional(Type.Array(Type.Integer({ minimum: 0, maximum: 99 }), { minItems: 2, maxItems: 2 })),
    stars: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
    local: Type.Optional(Type.Array(Type.String())),
    /** What earlier runs saw cells do, by the digest of a cell's text. */
    evidence: Type.Optional(Type.Record(Type.String(), Json))
  },
  closed
);

export const pipelines = {
  compile: {
    method: 'POST',
    path: '/compile',
    summary: 'The pipeline that a notebook means',
    tag: 'pipelines',
    query: query({}),
    body: Type.Object(
      {
        notebook: Type.Unsafe<unknown>({ description: 'The notebook, nbformat 4.' }),
        /** The file's name without its ending, for one. */
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        eachCell: Type.Optional(Type.Boolean()),
        context: Type.Optional(Context)
      },
      closed
    ),
    notebook: true,
    answers: { 200: { description: 'The pipeline, with its diagnostics.', schema: Pipeline } },
    problems: [422]
  },
  context: {
    method: 'POST',
    path: '/context',
    summary:
      'What besides a notebook decides its pipeline here: for those who analyse it themselves while it is edited',
    tag: 'pipelines',
    query: query({}),
    body: Type.Object({ notebook: NotebookSource }, closed),
    notebook: true,
    answers: {
      200: { description: 'Python, modules beside the notebook, evidence of earlier runs.', schema: Context }
    },
    problems: [422]
  }
} as const satisfies Readonly<Record<string, Operation>>;
