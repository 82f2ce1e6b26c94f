/** Experiments: names under which runs stand together. One is there as long as a run has its name. */
import { Type } from 'typebox';
import { Experiment, ExperimentPage } from '../../metrics';
import { closed } from '../../schema';
import { type Operation, page, params, query } from './shape';

const name = Type.String({ minLength: 1, maxLength: 200 });
const experiment = { experiment: name };

export const experiments = {
  listExperiments: {
    method: 'GET',
    path: '/experiments',
    summary: 'Experiments by name, with their counts of runs',
    tag: 'experiments',
    query: query(page),
    answers: { 200: { description: 'A page of experiments.', schema: ExperimentPage } }
  },
  getExperiment: {
    method: 'GET',
    path: '/experiments/{experiment}',
    summary: 'An experiment',
    tag: 'experiments',
    params: params(experiment),
    query: query({}),
    answers: { 200: { description: 'The experiment.', schema: Experiment } },
    problems: [404]
  },
  updateExperiment: {
    method: 'PATCH',
    path: '/experiments/{experiment}',
    summary: 'Renames an experiment: all of its runs',
    tag: 'experiments',
    params: params(experiment),
    query: query({}),
    body: Type.Object({ name }, closed),
    answers: { 200: { description: 'The experiment as it is now.', schema: Experiment } },
    problems: [404, 409]
  },
  deleteExperiment: {
    method: 'DELETE',
    path: '/experiments/{experiment}',
    summary: 'Takes an experiment away: its runs stay, and belong to none',
    tag: 'experiments',
    params: params(experiment),
    query: query({}),
    answers: { 204: { description: 'It is gone.' } },
    problems: [404]
  }
} as const satisfies Readonly<Record<string, Operation>>;
