import type { Routes } from '@cellway/core/api/client';

/**
 * Method and path of each operation, apart from their schemas: validators have no business in a page. The test beside
 * this file holds it against the operations.
 */
export const ROUTES: Routes = {
  version: { method: 'GET', path: '/version' },
  shutdown: { method: 'POST', path: '/shutdown' },
  compile: { method: 'POST', path: '/compile' },
  context: { method: 'POST', path: '/context' },
  createRun: { method: 'POST', path: '/runs' },
  planRun: { method: 'POST', path: '/plan' },
  listRuns: { method: 'GET', path: '/runs' },
  getRun: { method: 'GET', path: '/runs/{run}' },
  updateRun: { method: 'PATCH', path: '/runs/{run}' },
  deleteRun: { method: 'DELETE', path: '/runs/{run}' },
  cancelRun: { method: 'POST', path: '/runs/{run}/cancel' },
  retryRun: { method: 'POST', path: '/runs/{run}/retry' },
  resumeRun: { method: 'POST', path: '/runs/{run}/resume' },
  cloneRun: { method: 'POST', path: '/runs/{run}/clone' },
  pipelineOfRun: { method: 'GET', path: '/runs/{run}/pipeline' },
  sourceOfRun: { method: 'GET', path: '/runs/{run}/source' },
  listAttempts: { method: 'GET', path: '/runs/{run}/steps/{step}/attempts' },
  stepLog: { method: 'GET', path: '/runs/{run}/steps/{step}/log' },
  notebookOfRun: { method: 'GET', path: '/runs/{run}/notebook' },
  listCells: { method: 'GET', path: '/runs/{run}/cells' },
  getCell: { method: 'GET', path: '/runs/{run}/cells/{cell}' },
  listArtifacts: { method: 'GET', path: '/runs/{run}/artifacts' },
  getArtifact: { method: 'GET', path: '/artifacts/{artifact}' },
  artifactContent: { method: 'GET', path: '/artifacts/{artifact}/content' },
  artifactLineage: { method: 'GET', path: '/artifacts/{artifact}/lineage' },
  runMetrics: { method: 'GET', path: '/runs/{run}/metrics' },
  metricSeries: { method: 'GET', path: '/runs/{run}/metrics/{metric}' },
  metricNames: { method: 'GET', path: '/metrics' },
  listExperiments: { method: 'GET', path: '/experiments' },
  getExperiment: { method: 'GET', path: '/experiments/{experiment}' },
  updateExperiment: { method: 'PATCH', path: '/experiments/{experiment}' },
  deleteExperiment: { method: 'DELETE', path: '/experiments/{experiment}' },
  listCache: { method: 'GET', path: '/cache/entries' },
  cacheSize: { method: 'GET', path: '/cache' },
  forgetCache: { method: 'POST', path: '/cache/forget' },
  collectCache: { method: 'POST', path: '/cache/collect' },
  getCacheEntry: { method: 'GET', path: '/cache/entries/{entry}' },
  updateCacheEntry: { method: 'PATCH', path: '/cache/entries/{entry}' },
  deleteCacheEntry: { method: 'DELETE', path: '/cache/entries/{entry}' },
  runEvents: { method: 'GET', path: '/runs/{run}/events' },
  events: { method: 'GET', path: '/events' }
};
