import type { LastRun, PlannedStep, RunPlan } from '@cellway/core/api';
import type { Forecast, Outlook } from '../engines/local/forecast';
import type { Owner, Store } from '../store';

/** A forecast as the API shows it. `notebook`: its absolute path. */
export function planShown(forecast: Forecast, store: Store, owner: Owner, notebook: string): RunPlan {
  const steps = forecast.nodes.map(({ node, outlook }): PlannedStep => {
    const { name, id, kind } = node;
    const last = store.lists.lastRan(owner, notebook, name) ?? lastOf(store, outlook);
    return { name, id, kind, ...shown(outlook), last };
  });
  return { steps };
}

/** Of a notebook that has not run the step itself: when the result that counts was made. */
function lastOf(store: Store, outlook: Outlook): LastRun | null {
  const execution = 'execution' in outlook ? outlook.execution : 'earlier' in outlook ? outlook.earlier : null;
  return execution === null ? null : store.lists.ran(execution);
}

function shown(outlook: Outlook): Pick<PlannedStep, 'state' | 'from' | 'waits' | 'cache' | 'because'> {
  const nothing = { from: null, waits: [], cache: null, because: null };
  switch (outlook.kind) {
    case 'taken':
      return { ...nothing, state: 'succeeded', from: outlook.from };
    case 'cached':
      return { ...nothing, state: 'succeeded', from: 'cache', cache: outlook.answer };
    case 'runs': {
      const { waits, answer } = outlook;
      return { ...nothing, state: waits.length > 0 ? 'waiting' : 'pending', from: 'run', waits, cache: answer };
    }
    case 'depends':
      return {
        ...nothing,
        state: 'waiting',
        waits: outlook.waits,
        because: `depends on: ${outlook.waits.join(', ')} ${outlook.waits.length === 1 ? 'runs' : 'run'} first`
      };
    case 'skipped':
      return { ...nothing, state: 'skipped', because: outlook.because };
  }
}
