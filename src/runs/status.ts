import type { TranslationBundle } from '@jupyterlab/translation';
import type { RunSummary, StepStatus } from '@cellway/core/api/http';

/** A state as it is shown: a sign that does not need colour, a word, and what it is a case of. */
export interface Shown {
  readonly sign: string;
  readonly tone: 'ok' | 'error' | 'run' | 'quiet';
  readonly text: string;
}

/** `0.4 s`, `12.8 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A step of a run in a few words; null while there is nothing to say. */
export function shownState(step: StepStatus, trans: TranslationBundle): Shown | null {
  const took = step.took === null ? '' : duration(step.took);
  switch (step.state) {
    case 'pending':
      return null;
    case 'waiting':
      return { sign: '·', tone: 'quiet', text: step.because ?? trans.__('waits') };
    case 'queued':
      return { sign: '○', tone: 'quiet', text: step.because ?? trans.__('queued') };
    case 'running':
      return { sign: '◐', tone: 'run', text: trans.__('running') };
    case 'succeeded':
      return step.from === 'run'
        ? { sign: '✓', tone: 'ok', text: took }
        : {
            sign: '⟲',
            tone: 'ok',
            text: step.from === 'cache' ? trans.__('from cache') : trans.__('from an earlier run')
          };
    case 'failed':
      return { sign: '✕', tone: 'error', text: took === '' ? trans.__('failed') : trans.__('failed after %1', took) };
    case 'refused':
      return { sign: '✕', tone: 'error', text: trans.__('stopped') };
    case 'stale':
      return { sign: '○', tone: 'quiet', text: trans.__('runs again') };
    case 'cancelled':
      return { sign: '–', tone: 'quiet', text: trans.__('cancelled') };
    case 'skipped':
      return { sign: '–', tone: 'quiet', text: step.because ?? trans.__('skipped') };
  }
}

export function shownRun(run: RunSummary, trans: TranslationBundle): Shown {
  const took = run.took === null ? '' : duration(run.took);
  switch (run.state) {
    case 'created':
    case 'started':
      return { sign: '◐', tone: 'run', text: trans.__('running') };
    case 'succeeded':
      return { sign: '✓', tone: 'ok', text: took };
    case 'failed':
      return { sign: '✕', tone: 'error', text: trans.__('failed after %1', took) };
    case 'refused':
      return { sign: '✕', tone: 'error', text: trans.__('stopped') };
    case 'cancelled':
      return { sign: '–', tone: 'quiet', text: trans.__('cancelled') };
  }
}
