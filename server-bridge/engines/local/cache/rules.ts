import type { Step } from '@cellway/core/api';
import { generators } from '../checks';
import type { Report } from '../report';

const words: Readonly<Record<string, string>> = {
  clock: 'it reads the clock',
  network: 'it uses the network',
  unseeded: 'it draws from an unseeded generator',
  shell: 'it runs shell commands'
};

/** Known before the step runs. */
export function plannedObstacles(node: Step): readonly string[] {
  if (node.settings.cache === true) return [];
  return [
    ...(node.settings.cache === false ? ['its settings say so'] : []),
    ...node.uncacheable.map(reason => words[reason] ?? reason)
  ];
}

/**
 * Why a result may not stand for another execution; empty when it may. A generator counts as unseeded when the step
 * changed it without having loaded or set it. Files that it reads are checked by digest each time, foreseen or not;
 * those that it wrote come back, so what it did to them must have been seen.
 */
export function obstacles(node: Step, report: Report, loads: ReadonlyMap<string, string>): readonly string[] {
  const planned = plannedObstacles(node);
  if (node.settings.cache === true) return planned;
  const seen = new Set(planned);
  if (report.used.network) seen.add(words.network!);
  if (report.used.shell) seen.add(words.shell!);
  for (const { slot } of report.ambient.changed)
    if (generators.has(slot) && !loads.has(slot) && !node.ambient.sets.includes(slot)) seen.add(words.unseeded!);
  for (const reason of report.files.unwatched) seen.add(`it may touch files that nobody saw (${reason})`);
  return [...seen];
}
