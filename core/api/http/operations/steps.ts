/** What steps and cells of a run do: attempts, logs, outputs. */
import { Type } from 'typebox';
import { AttemptList, CellPage, CellView } from '../../attempts';
import { type Answer, type Operation, page, params, query, ranged, run, unlessChanged } from './shape';

const step = {
  step: Type.String({ minLength: 1, maxLength: 500, description: "The step's name or id." })
};

/** Bytes of a log, as they are: UTF-8 unless the step wrote something else. */
const LOG = {
  description: 'The log.',
  type: 'text/plain',
  headers: {
    'Cellway-From': 'Place in the whole log, in bytes, at which the body begins.',
    'Cellway-Attempt': 'The attempt whose log it is.'
  }
} as const satisfies Answer;

export const steps = {
  listAttempts: {
    method: 'GET',
    path: '/runs/{run}/steps/{step}/attempts',
    summary: "A step's attempts, first to last",
    tag: 'steps',
    params: params({ ...run, ...step }),
    query: query({}),
    answers: { 200: { description: 'All of its attempts; none when it has not begun.', schema: AttemptList } },
    problems: [404]
  },
  stepLog: {
    method: 'GET',
    path: '/runs/{run}/steps/{step}/log',
    summary: "A step's log: whole, a range, its end, one cell's part, or as it grows",
    tag: 'steps',
    params: params({ ...run, ...step }),
    query: query({
      attempt: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9, description: 'Absent: the last one.' })),
      cell: Type.Optional(
        Type.String({ minLength: 1, maxLength: 500, description: 'Only what this cell wrote; by id.' })
      ),
      tail: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Only the last lines, as many as this.' })
      ),
      from: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e15, description: 'Only from this byte on.' })),
      follow: Type.Optional(
        Type.Boolean({ description: 'Go on with what is written, until the attempt has ended. Not with `cell`.' })
      )
    }),
    ...ranged,
    answers: { 200: LOG, 206: { ...LOG, description: 'The range that was asked for.' } },
    problems: [404, 416]
  },
  notebookOfRun: {
    method: 'GET',
    path: '/runs/{run}/notebook',
    summary: 'The notebook with the outputs of this run, also while it runs',
    tag: 'steps',
    params: params(run),
    query: query({}),
    ...unlessChanged,
    answers: { 200: { description: 'The notebook, nbformat 4.', type: 'application/x-ipynb+json' } },
    problems: [404]
  },
  listCells: {
    method: 'GET',
    path: '/runs/{run}/cells',
    summary: "The notebook's code cells with their states and outputs so far",
    tag: 'steps',
    params: params(run),
    query: query(page),
    ...unlessChanged,
    answers: { 200: { description: 'Cells in notebook order.', schema: CellPage } },
    problems: [404]
  },
  getCell: {
    method: 'GET',
    path: '/runs/{run}/cells/{cell}',
    summary: 'One cell with its state and outputs so far',
    tag: 'steps',
    params: params({ ...run, cell: Type.String({ minLength: 1, maxLength: 500, description: 'Its id.' }) }),
    query: query({}),
    ...unlessChanged,
    answers: { 200: { description: 'The cell.', schema: CellView } },
    problems: [404]
  }
} as const satisfies Readonly<Record<string, Operation>>;
