import type { Reason } from '../../../runs/refusal';
import type { DisplayUse } from '../report';
import { inOrder, type Seen } from './history';

/** A step that updates what an earlier step displayed: that output is another process's, and would stay as it is. */
export function checkDisplays(seen: ReadonlyMap<string, Seen>, just: Seen): Reason | null {
  for (const other of inOrder(seen.values())) {
    if (other.place === just.place || other.report === null) continue;
    const [first, second] = other.place < just.place ? [other, just] : [just, other];
    const shown = new Map((first.report?.displays.shown ?? []).map(use => [use.id, use]));
    for (const update of second.report?.displays.updated ?? []) {
      const display = shown.get(update.id);
      if (display) return elsewhere(first, display, second, update);
    }
  }
  return null;
}

function elsewhere(first: Seen, display: DisplayUse, second: Seen, update: DisplayUse): Reason {
  const cell = (use: DisplayUse) => (use.index === undefined ? '' : ` (cell ${use.index})`);
  return {
    code: 'display-elsewhere',
    message: `Step ${second.node.name}${cell(update)} updates an output that step ${first.node.name}${cell(display)} displayed; the steps run in processes of their own, so the output would stay as it was.`,
    step: second.node.name,
    ...(update.index === undefined ? {} : { cell: update.index }),
    name: update.id,
    fix: 'Update it in the step that displays it, or put both into one step.'
  };
}
