import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Step } from '@cellway/core/api';
import type { CacheAnswer, RunEvent } from '../../runs/event';
import { paths, type RunFile } from '../../runs/folder';
import type { Plan } from '../../runs/plan';
import { age } from '../../runs/process';
import { executionOf } from '../../runs/resume';
import type { Start } from './cache';
import type { Knowledge } from './knowledge';
import { attached } from './process/attached';
import type { Launched } from './process/launcher';
import { abandon } from './process/signed';
import type { Phase } from './readiness';
import { readReport } from './report';
import { heldResult } from './hold';
import { keptFiles, type Result } from './results';
import type { Outcome } from './supervisor';
import { readResult } from './whole';
import type { KeptFiles } from './workcopy';

/** An attempt of which the log does not say how it ended. */
export interface OpenAttempt {
  readonly attempt: number;
  /** Number of the last of its own events that the run's log has. */
  readonly seen: number;
  /** Attempts before it that failed. */
  readonly failures: number;
  readonly start: Start;
  readonly answer?: CacheAnswer;
}

/** What a run is when another supervisor takes it over. Steps without a phase have not begun. */
export interface Inherited {
  readonly phases: ReadonlyMap<string, Phase>;
  readonly folders: ReadonlyMap<string, string>;
  readonly open: ReadonlyMap<string, OpenAttempt>;
  /** Results made in this run, which may not be in the cache yet. */
  readonly finished: readonly { readonly start: Start; readonly result: Result }[];
  /** What finished steps wrote, in the order in which they finished. */
  readonly files: readonly KeptFiles[];
  /** Why the run was being stopped; null when it was not. */
  readonly stop: Outcome | null;
}

interface Before {
  readonly run: RunFile;
  /** Of the run. */
  readonly folder: string;
  readonly plan: Plan;
  readonly known: Knowledge;
  readonly events: readonly RunEvent[];
}

type StepEvent = Extract<RunEvent, { type: 'step' }>;

/**
 * Reads what the supervisors before did from the log: `known` learns it event by event, as it did then, so that each
 * judgement is the one it was. Nothing is started here.
 */
export function inherit({ run, folder, plan, known, events }: Before): Inherited {
  const phases = new Map<string, Phase>();
  const folders = new Map<string, string>();
  const open = new Map<string, OpenAttempt>();
  const finished: { start: Start; result: Result }[] = [];
  const files: KeptFiles[] = [];
  let stop: Outcome | null = null;

  const begin = (node: Step, event: StepEvent & { state: 'running' }) => {
    const previous = open.get(node.name);
    const failures = previous === undefined ? 0 : previous.failures + failed(node, previous.attempt);
    const gathered = known.gather(node);
    // Told in the log already.
    known.unplannedLoads(node, gathered.loads);
    known.enter(node, gathered);
    const { attempt, cache: answer } = event;
    open.set(node.name, { attempt, seen: 0, failures, start: gathered.start, ...(answer ? { answer } : {}) });
    folders.set(node.name, paths.attempt(folder, node.id, attempt));
    phases.set(node.name, 'busy');
  };
  /** 1 when that attempt failed; one that asked for more, or never began, did not. */
  const failed = (node: Step, attempt: number): number => {
    const at = paths.attempt(folder, node.id, attempt);
    const report = readReport(at);
    if (report?.outcome === 'needs') known.observe(node, report);
    return report?.outcome === 'needs' || !began(at) ? 0 : 1;
  };
  const succeed = (node: Step, event: StepEvent & { state: 'succeeded' }) => {
    const execution = executionOf(event.folder);
    const result =
      event.from === 'run' ? readResult(event.folder, execution) : heldResult(folder, node.id, event.folder, execution);
    if (result === null) throw new Error(`the result of ${node.name} in ${event.folder} has been removed`);
    const opened = open.get(node.name);
    if (event.from === 'run' && opened !== undefined) finished.push({ start: opened.start, result });
    else if (!run.earlier[node.name]) known.enter(node, known.gather(node));
    const { reason } = run.earlier[node.name] ? known.takeEarlier(node, result) : known.leave(node, result);
    if (reason !== null) stop ??= { state: 'refused', reason };
    folders.set(node.name, result.at);
    files.push(keptFiles(result));
    phases.set(node.name, 'done');
  };
  const take = (node: Step, event: StepEvent) => {
    switch (event.state) {
      case 'running':
        return begin(node, event);
      case 'succeeded':
        return succeed(node, event);
      case 'failed': {
        const report = readReport(event.folder);
        if (report !== null) known.fail(node, report);
        phases.set(node.name, 'failed');
        return;
      }
      case 'refused':
        phases.set(node.name, 'failed');
        stop = { state: 'refused', reason: event.reason };
        return;
      case 'cancelled':
        phases.set(node.name, 'cancelled');
        stop ??= { state: 'cancelled' };
        return;
      case 'skipped':
        phases.set(node.name, 'skipped');
        return;
      case 'stale':
        phases.delete(node.name);
        return;
      case 'waiting':
      case 'queued':
        return;
    }
  };

  for (const event of events) {
    if (event.type === 'plan-changed' && event.kind === 'value') {
      for (const name of event.names) known.rebind(event.to, name, event.from);
    } else if (event.type === 'runtime') {
      const opened = open.get(event.step);
      if (opened?.attempt === event.attempt) open.set(event.step, { ...opened, seen: event.event.n });
    } else if (event.type === 'step') take(plan.byName.get(event.step)!, event);
  }
  const busy = [...open].filter(([name]) => phases.get(name) === 'busy');
  return { phases, folders, open: new Map(busy), finished, files, stop };
}

/** Whether the step runtime has told anything: before that nothing of the user's has run. */
function began(folder: string): boolean {
  return (statSync(join(folder, 'events.jsonl'), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The process of an attempt that another supervisor asked for; null when it never began: then it never will. */
export function abandonedOrAttached(folder: string): { readonly launched: Launched; readonly age: number } | null {
  if (!existsSync(folder)) return null;
  const signed = abandon(folder);
  return signed === null ? null : { launched: attached(folder, signed), age: age(signed) };
}
