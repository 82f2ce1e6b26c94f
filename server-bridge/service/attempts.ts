import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '@cellway/core/api';
import type { RunEvent } from '../runs/event';
import { paths } from '../runs/folder';
import type { RunRow } from '../store';
import type { Bridge } from './bridge';
import type { OutlineNode } from './outline';

/** An attempt, and its folder: another run's when its result was not made in this one. */
export interface Tried {
  readonly attempt: Omit<Attempt, 'log'>;
  readonly folder: string;
}

type StepFact = Extract<RunEvent, { type: 'step' }>;

/** The step that a name or an id stands for; null when there is none. */
export function nodeOf(bridge: Bridge, row: RunRow, asked: string): OutlineNode | null {
  const { nodes } = bridge.outlines.of(row);
  return nodes.find(node => node.name === asked) ?? nodes.find(node => node.id === asked) ?? null;
}

/** Attempts of a run's steps by name, first to last. */
export function triedSteps(bridge: Bridge, row: RunRow): (node: OutlineNode) => readonly Tried[] {
  const byStep = new Map<string, StepFact[]>();
  for (const event of bridge.store.lists.stepEvents(row.id)) {
    const events = byStep.get(event.step);
    if (events === undefined) byStep.set(event.step, [event]);
    else events.push(event);
  }
  return node => tried(bridge, row, node, byStep.get(node.name) ?? []);
}

function tried(bridge: Bridge, row: RunRow, node: OutlineNode, events: readonly StepFact[]): readonly Tried[] {
  const all: Tried[] = [];
  const add = (attempt: number, more: Partial<Attempt>, folder = paths.attempt(row.folder, node.id, attempt)): void => {
    const nothing = { started: null, took: null, how: null, from: null, error: null, reason: null };
    all.push({
      attempt: { run: row.id, step: node.name, attempt, state: 'running', ...nothing, ...more },
      folder
    });
  };
  /** Ends the attempt that runs, if it is the one that is meant. */
  const end = (attempt: number | null, more: Partial<Attempt>): boolean => {
    const last = all.at(-1);
    if (last?.attempt.state !== 'running' || (attempt !== null && attempt !== last.attempt.attempt)) return false;
    all[all.length - 1] = { ...last, attempt: { ...last.attempt, ...more } };
    return true;
  };
  for (const event of events) {
    switch (event.state) {
      case 'running':
        end(null, { state: 'retried' });
        add(event.attempt, { started: event.t, how: event.how });
        break;
      case 'queued':
      case 'waiting':
        end(null, { state: 'retried' });
        break;
      case 'succeeded': {
        const { attempt, took, from, folder } = event;
        const how = { state: 'succeeded', took, from } as const;
        if (!end(attempt, how) && bridge.holds(folder)) add(attempt, how, folder);
        break;
      }
      case 'failed':
        end(event.attempt, { state: 'failed', took: event.took, error: event.error });
        break;
      case 'refused':
        end(event.attempt, { state: 'refused', took: event.took, reason: event.reason });
        break;
      case 'cancelled':
        end(null, { state: 'cancelled' });
        break;
      case 'stale':
      case 'skipped':
        break;
    }
  }
  return all;
}

export const logPath = (folder: string): string => join(folder, 'log.txt');

/** The attempt as the API shows it. */
export function shownAttempt({ attempt, folder }: Tried): Attempt {
  const path = logPath(folder);
  return { ...attempt, log: existsSync(path) ? statSync(path).size : null };
}
