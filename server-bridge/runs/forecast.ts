import { type Forecast, forecast } from '../engines/local/forecast';
import { cacheOf } from '../engines/local/run-cache';
import type { Store } from '../store';
import { draftRun, type RunRequest, settle } from './draft';
import type { Refusal } from './refusal';

/** What the run of a request would take and what it would run, now; refused as making it would be. Makes nothing. */
export async function forecastRun(request: RunRequest, store: Store): Promise<Forecast | Refusal> {
  const settled = settle(request);
  if ('kind' in settled) return settled;
  const run = await draftRun(settled, store);
  if ('kind' in run) return run;
  return forecast(run, files => cacheOf(run, store, request.surroundings ?? process.env, files));
}
