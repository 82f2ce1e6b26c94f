import { cancelRun, startSupervisor } from '../../runs/supervision';
import { followEvents } from '../../runs/follow';
import type { Engine } from '../engine';

export { supervise } from './supervise';

/** Steps as processes on this machine, under one supervisor process a run. */
export const localEngine: Engine = {
  name: 'local',
  start: async run => {
    startSupervisor(run);
  },
  cancel: async run => cancelRun(run),
  events: (run, after) => followEvents(run, after)
};
